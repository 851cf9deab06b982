"""The console's pages."""

from django.urls import path

from marketing_agent.console import answers, pages

urlpatterns = [
    path("", pages.status, name="status"),
    path("stop", pages.stop, name="stop"),
    path("resume", pages.resume, name="resume"),
    path("release", pages.release, name="release"),
    path("resolve", pages.resolve, name="resolve"),
    path("answers/<str:answer_id>", answers.by_login, name="answer"),
    path("approve/<str:token>", answers.by_link, name="approve"),
    path("login", pages.login, name="login"),
    path("logout", pages.logout, name="logout"),
]
