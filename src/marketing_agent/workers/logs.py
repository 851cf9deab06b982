"""Structured logs: one JSON object a line in <home>/logs, and never a secret in them."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from logging.handlers import RotatingFileHandler
from typing import Any

import structlog

from marketing_agent.settings import settings
from marketing_agent.workers import clock

HIDDEN = "[hidden]"
_OURS = "marketing-agent"
_FILE_BYTES = 10_000_000
_FILES = 5
_SECRET_NAME = re.compile(
    r"pass(word|wd)?$|secret|token|authorization|cookie|credential|api_?key|^key$", re.IGNORECASE
)
_SECRET_TEXT = re.compile(
    r"(?P<start>\bma_|\bBearer\s+|\bBasic\s+|\bPASS\s+|\bAUTH\s+\w+\s+|://[^\s:/@]+:)"
    r"[A-Za-z0-9+/=_.~%-]{6,}",
)
_LINK = re.compile(r"/approve/[^\s\"'<>?#]+")
"""The link to a suggested answer, as good as a password for a day; Django logs the paths that it refuses."""

Event = MutableMapping[str, Any]


def configure(process: str, *, screen: bool = True) -> None:
    """Send this process's log lines to <home>/logs/<process>.log, with `screen` warnings to stderr too.

    Libraries that log by the standard library take the same way. Called at the edge, once a process.
    """
    folder = settings().home / "logs"
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = RotatingFileHandler(
        folder / f"{process}.log", maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8"
    )
    file.setFormatter(_formatter(structlog.processors.JSONRenderer(ensure_ascii=False)))
    root = logging.getLogger()
    _replace(root, [file, _screen()] if screen else [file])
    root.setLevel(settings().log_level.upper())
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _screen() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_formatter(structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())))
    return handler


def _replace(root: logging.Logger, handlers: list[logging.Handler]) -> None:
    for old in [each for each in root.handlers if each.get_name() == _OURS]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        handler.set_name(_OURS)
        root.addHandler(handler)


def hide_secrets(_logger: object, _method: str, event: Event) -> Event:
    """Replace what a secret's name holds, and tokens, passwords and links to answers inside texts."""
    return {name: _hidden(name, value) for name, value in event.items()}


def _hidden(name: str, value: object) -> object:
    if _SECRET_NAME.search(name) and value:
        return HIDDEN
    match value:
        case str():
            return _LINK.sub("/approve/…", _SECRET_TEXT.sub(rf"\g<start>{HIDDEN}", value))
        case Mapping():
            return {str(key): _hidden(str(key), each) for key, each in value.items()}
        case list() | tuple():
            return [_hidden("", each) for each in value]
        case _:
            return value


def _time(_logger: object, _method: str, event: Event) -> Event:
    event["at"] = clock.now().isoformat().replace("+00:00", "Z")
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    _time,
]


def _formatter(renderer: Any) -> logging.Formatter:  # noqa: ANN401  a structlog processor
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            hide_secrets,  # last, so that tracebacks are looked through as well
            renderer,
        ],
    )
