"""The security headers of every answer."""

from django.http.response import HttpResponseBase

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_DATA = "default-src 'none'; frame-ancestors 'none'"
_PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# Swagger UI draws with inline styles and data: images; its scripts come from our own /static.
_DOCS = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HALF_A_YEAR_S = 15_552_000
DOCS_PATH = "/api/docs"


def protect(response: HttpResponseBase, path: str, *, secure: bool) -> None:
    """Set the headers that keep browsers from doing more with an answer than show it."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _policy(response, path))
    response.headers.setdefault("Cache-Control", "no-store")
    if secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_HALF_A_YEAR_S}")


def _policy(response: HttpResponseBase, path: str) -> str:
    if path == DOCS_PATH:
        return _DOCS
    return _PAGE if response.headers.get("Content-Type", "").startswith("text/html") else _DATA
