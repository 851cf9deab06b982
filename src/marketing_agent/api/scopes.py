"""How much each call asks of a token, and which paths ask for none."""

from marketing_agent.api.callers import Scope

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_OPEN_PATHS = frozenset({"/health"})
_OPEN_FOLDERS = ("/static/", "/answers/", "/approve/")
_CONSOLE_PATHS = frozenset({"/", "/login", "/logout", "/stop", "/resume", "/release", "/resolve"})


def is_open(path: str) -> bool:
    """Say whether a path answers without a token; the console's pages ask by themselves.

    `/approve/…` needs none: the link itself proves who was told of it.
    """
    return path in _OPEN_PATHS or path in _CONSOLE_PATHS or path.startswith(_OPEN_FOLDERS)


def needed(method: str, path: str) -> Scope:
    """Give the scope that a call needs: read to look, operate to change, admin for keys.

    Tokens are admin's alone, even to list; secrets may be listed by name, but not changed.
    """
    if path == "/api/tokens" or path.startswith("/api/tokens/"):
        return Scope.ADMIN
    if method in SAFE_METHODS:
        return Scope.READ
    return Scope.ADMIN if path.startswith("/api/secrets/") else Scope.OPERATE
