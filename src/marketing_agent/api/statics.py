"""/static: the few files that our pages need, out of the installed packages; nothing from a CDN."""

import mimetypes
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.http import require_safe


@require_safe
def static_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve one file of an installed app's `static` folder."""
    file = _find(name)
    changed = int(file.stat().st_mtime)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    if since is not None and changed <= since:
        return HttpResponseNotModified()
    kind, _ = mimetypes.guess_type(file.name)
    response = FileResponse(file.open("rb"), content_type=kind or "application/octet-stream")
    response["Last-Modified"] = http_date(changed)
    response["Cache-Control"] = "public, no-cache"  # asked again, so that an upgrade shows at once
    return response


def _find(name: str) -> Path:
    try:
        found = finders.find(name)
    except (SuspiciousFileOperation, ValueError):
        found = None
    if not isinstance(found, str) or not Path(found).is_file():
        raise Http404(name)
    return Path(found)
