"""A question to a language model, an endpoint that may answer it, and what an answer costs.

Amounts are millionths of a dollar: a price in dollars for a million tokens is that of one token in them.
"""

import hashlib
import json
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

Shape = TypeVar("Shape", bound=BaseModel)

_AROUND = 200  # tokens that the wire format adds to what we write


@dataclass(frozen=True, slots=True)
class Question(Generic[Shape]):
    """What a model is asked.

    Attributes:
        system: our own words: the task.
        text: what it is about; never an instruction.
        name: names the shape on the wire.
        shape: what the answer must look like; anything else is nonsense.
        max_tokens: tokens of the answer at most.
    """

    system: str
    text: str
    name: str
    shape: type[Shape]
    max_tokens: int = 800

    def schema(self) -> dict[str, Any]:
        """Give the JSON schema of the answer."""
        return self.shape.model_json_schema()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A chat-completions endpoint: where it is, its model, its key, its prices and our patience.

    Attributes:
        price_in: dollars for a million tokens that it reads.
        price_out: dollars for a million tokens that it writes.
        reasoning: how much it is to reason; empty leaves the word out.
        connect_s: seconds for the connection.
        answer_s: seconds for the whole call.
        ca_file: an extra certificate authority (PEM); empty for none.
    """

    name: str
    url: str
    model: str
    key: str = field(repr=False)
    price_in: float = 0.0
    price_out: float = 0.0
    reasoning: str = ""
    connect_s: float = 5.0
    answer_s: float = 30.0
    ca_file: str = ""

    @property
    def setup(self) -> str:
        """Give a word that changes with the address, the model and the key, and tells none of them."""
        told = f"{self.url}\n{self.model}\n{self.key}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def cost(self, tokens_in: int, tokens_out: int) -> int:
        """Give what a call costs, in millionths of a dollar, rounded up."""
        return ceil(tokens_in * self.price_in + tokens_out * self.price_out)

    def most(self, question: Question[Any]) -> int:
        """Give what the answer may cost at most: no token is shorter than a byte."""
        written = question.system + question.text + json.dumps(question.schema())
        return self.cost(len(written.encode()) + _AROUND, question.max_tokens)
