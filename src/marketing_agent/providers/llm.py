"""Asking a language model over the chat-completions interface, with the openai client.

Importing this loads that client, which takes half a second: import it only where a model is asked.
"""

import ssl
from typing import Any, Generic, NoReturn

import httpx2
import openai
from pydantic import BaseModel, ValidationError

from marketing_agent.providers.addresses import check_url
from marketing_agent.providers.books import Service
from marketing_agent.providers.chain import Priced
from marketing_agent.providers.errors import ProviderNonsense, ProviderRefused, ProviderUnavailable
from marketing_agent.providers.llm_errors import UNPAID, of_status
from marketing_agent.providers.network import AddressRefusedError, Deadline, GuardedTransport
from marketing_agent.providers.questions import Endpoint, Question, Shape

TEMPERATURE = 0.0


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    finish_reason: str | None = None
    message: _Message


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0

    @property
    def written(self) -> int:
        """What was written: some count the tokens of reasoning in the total alone."""
        return max(self.completion_tokens, self.total_tokens - self.prompt_tokens)


class _Completion(BaseModel):
    choices: list[_Choice]
    usage: _Usage | None = None


class LanguageModel(Generic[Shape]):
    """A model behind an endpoint, as a provider of a chain."""

    def __init__(self, endpoint: Endpoint, service: Service) -> None:
        self._endpoint, self._service = endpoint, service

    @property
    def service(self) -> Service:
        """Its name, budget and limiter."""
        return self._service

    def most(self, question: Question[Shape]) -> int:
        """Give what the answer may cost at most, in millionths of a dollar."""
        return self._endpoint.most(question)

    def ask(self, question: Question[Shape]) -> Priced[Shape]:
        """Ask once. Raises ProviderUnavailable, ProviderRefused or ProviderNonsense."""
        return _read(_post(self._endpoint, question), question, self._endpoint)


def _post(endpoint: Endpoint, question: Question[Any]) -> bytes:
    """Send the question and give the body of the answer."""
    name = endpoint.name
    try:
        check_url(endpoint.url)
        return _send(endpoint, question)
    except openai.APITimeoutError as error:
        sentence = f"{name} did not answer within {endpoint.answer_s:g} seconds."
        raise ProviderUnavailable("time_out", sentence, cost=_unless_unsent(error)) from None
    except openai.APIConnectionError as error:
        sentence = f"The connection to {name} failed: {type(error.__cause__).__name__}."
        raise ProviderUnavailable("connection", sentence, cost=_unless_unsent(error)) from None
    except openai.APIStatusError as error:
        raise of_status(name, error) from None
    except AddressRefusedError as error:
        raise ProviderRefused("address", f"{name} was not asked: {error}") from None
    except ValueError as error:  # of check_url: half a sentence
        raise ProviderRefused("address", f"The address of {name} {error}.") from None


def _send(endpoint: Endpoint, question: Question[Any]) -> bytes:
    transport = GuardedTransport(Deadline(endpoint.answer_s), _trust(endpoint.ca_file))
    patience = httpx2.Timeout(endpoint.answer_s, connect=endpoint.connect_s)
    with httpx2.Client(transport=transport, timeout=patience, trust_env=False) as http:
        client = openai.OpenAI(
            api_key=endpoint.key, base_url=endpoint.url, max_retries=0, http_client=http
        )
        client.organization = client.project = None  # of the environment, and another service's
        answer = client.chat.completions.with_raw_response.create(
            **_request(endpoint, question),
            # What the environment adds for another service must not replace the key.
            extra_headers={"Authorization": f"Bearer {endpoint.key}"},
            timeout=patience,
        )
        return bytes(answer.content)


def _request(endpoint: Endpoint, question: Question[Any]) -> dict[str, Any]:
    form = {"name": question.name, "schema": question.schema(), "strict": True}
    asked = {
        "model": endpoint.model,
        "messages": [
            {"role": "system", "content": question.system},
            {"role": "user", "content": question.text},
        ],
        "response_format": {"type": "json_schema", "json_schema": form},
        "temperature": TEMPERATURE,
        "max_completion_tokens": question.max_tokens,
    }
    return asked | ({"reasoning_effort": endpoint.reasoning} if endpoint.reasoning else {})


def _trust(ca_file: str) -> ssl.SSLContext:
    trust = httpx2.create_ssl_context(trust_env=False)
    if ca_file:
        trust.load_verify_locations(ca_file)
    return trust


def _unless_unsent(error: openai.APIConnectionError) -> int | None:
    """Give 0 where the question surely never left; else nobody knows whether it is charged."""
    unsent = (httpx2.ConnectError, httpx2.ConnectTimeout)
    return UNPAID if isinstance(error.__cause__, unsent) else None


def _read(body: bytes, question: Question[Shape], endpoint: Endpoint) -> Priced[Shape]:
    """Take the answer out of the body; nothing but the whole of the shape counts."""
    try:
        found = _Completion.model_validate_json(body)
    except ValidationError:
        _refuse(endpoint, "malformed", "gave no chat completion", None)
    cost = _cost(found.usage, endpoint)
    if not found.choices:
        _refuse(endpoint, "empty", "gave no answer", cost)
    text = _text(found.choices[0], endpoint, cost)
    try:
        return Priced(question.shape.model_validate_json(text), cost)
    except ValidationError as error:
        malformed = error.errors()[0]["type"] == "json_invalid"
        kind, said = ("malformed", "is no JSON") if malformed else ("schema", "breaks the schema")
        _refuse(endpoint, kind, f"gave an answer that {said}", cost)


def _text(choice: _Choice, endpoint: Endpoint, cost: int | None) -> str:
    if choice.message.refusal or choice.finish_reason == "content_filter":
        _refuse(endpoint, "refusal", "would not answer", cost)
    if choice.finish_reason == "length":
        _refuse(endpoint, "truncated", "broke off in the middle of its answer", cost)
    if not (choice.message.content or "").strip():
        _refuse(endpoint, "empty", "gave no answer", cost)
    return choice.message.content or ""


def _cost(usage: _Usage | None, endpoint: Endpoint) -> int | None:
    if usage is None or min(usage.prompt_tokens, usage.written) < 0:
        return None
    return endpoint.cost(usage.prompt_tokens, usage.written)


def _refuse(endpoint: Endpoint, kind: str, what: str, cost: int | None) -> NoReturn:
    raise ProviderNonsense(kind, f"{endpoint.name} {what}.", cost=cost)
