"""`marketing-agent init`: from nothing to an installation that can be started."""

import os
from typing import Annotated

import typer

from marketing_agent.cli.home import has_curl_files, make_home, make_key, write_curl_files
from marketing_agent.cli.output import AsJson, emit, new_app, operator, say
from marketing_agent.cli.ready import set_up_django
from marketing_agent.settings import settings

app = new_app("Make the home folder: key, database, first token.")

_NEXT = """
Next:
  eval "$(marketing-agent env)"                     curl reaches this agent as it stands
  marketing-agent config set sender_company …       and postal_address: every letter needs them
  marketing-agent secret put SMTP_INBOX_1           then: marketing-agent inboxes add ADDRESS
  marketing-agent prospects import FILE.csv
  marketing-agent up"""


@app.command()
def init(
    new_token: Annotated[
        bool, typer.Option("--new-token", help="Make a fresh token for curl on this machine.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the home (0700), the key (0600), the database and a token. Run again, it changes nothing."""
    known = settings()
    os.umask(0o077)  # the database holds people's addresses
    make_home(known.home)
    new_key = not known.key and make_key(known.home)
    set_up_django()
    from marketing_agent.cli.migrate import migrate_store  # noqa: PLC0415  needs Django set up

    migrated = migrate_store(backup=True)
    made = new_token or not has_curl_files(known.home)
    if made:
        _make_token()
    done = {
        "home": str(known.home),
        "new_key": new_key,
        "migrations": migrated,
        "new_token": made,
        "url": known.base_url,
    }
    emit(done, as_json=as_json, text=lambda: _say(done))


def _make_token() -> None:
    from marketing_agent.accounts.actions import create_token  # noqa: PLC0415  needs Django set up
    from marketing_agent.workers import clock  # noqa: PLC0415  as above

    _, plain = create_token("curl on this machine", "admin", None, operator(), clock.now())
    write_curl_files(settings(), plain)


def _say(done: dict[str, object]) -> None:
    say(f"The home is {done['home']}.")
    if done["new_key"]:
        say("A new key encrypts secrets. Keep a copy of the file `key` apart from your backups.")
    say(f"The database is ready ({done['migrations']} migrations applied).")
    if done["new_token"]:
        say("A token for curl was made; it stands in the home's netrc.")
    say(_NEXT)
