"""Every path that the web server answers."""

from django.urls import URLPattern, URLResolver, include, path

from marketing_agent.api.app import api
from marketing_agent.api.statics import static_file

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("marketing_agent.console.urls")),
    path("static/<path:name>", static_file, name="static"),
    path("", api.urls),
]

handler400 = "marketing_agent.api.refusals.bad_request"
handler404 = "marketing_agent.api.refusals.not_found"
handler500 = "marketing_agent.api.refusals.server_error"
