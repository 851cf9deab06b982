"""From an exception to one sentence on stderr and an exit code."""

import traceback

import typer

from marketing_agent.cli.output import CommandError, note

_OURS = "marketing_agent."


def say_failure(error: Exception) -> int:
    """Tell the person what went wrong and what to do; gives the exit code."""
    match error:
        case typer.TyperException():
            note(f"{_sentence(error.format_message())}{_where_to_look(error)}")
            return error.exit_code
        case typer.Abort():
            note("Nothing was done: the question was not answered with yes.")
            return 1
        case CommandError():
            note(str(error))
            return error.exit_code
        case _:
            note(sentence_of(error))
            return 1


def _sentence(text: str) -> str:
    whole = not text or "\n" in text or text.endswith((".", "?", "!", ":"))
    return text if whole else f"{text}."


def _where_to_look(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    if context is None or type(error).__name__ == "NoArgsIsHelpError":
        return ""
    return f" See `{context.command_path} --help`."


def sentence_of(error: Exception) -> str:
    """Give the sentence for a failure; our own exceptions carry one."""
    if type(error).__module__.startswith(_OURS):
        return str(error) or type(error).__doc__ or type(error).__name__
    if type(error).__module__.startswith(("django.db", "sqlite3", "psycopg")):
        return _of_store(error)
    if isinstance(error, OSError):
        return f"{error.strerror or error}: {error.filename or 'no file'}. Check path and rights."
    return _unforeseen(error)


def _of_store(error: Exception) -> str:
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if "no such table" in text or "does not exist" in text:
        return f"The database lacks a table or column ({text}). Run `marketing-agent migrate`."
    if "locked" in text:
        return "The database stayed locked by another process. Try again in a moment."
    return f"The database cannot be used: {text}. Check DATABASE_URL and the file's rights."


def _unforeseen(error: Exception) -> str:
    """Keep the traceback where an engineer finds it; the person gets one sentence."""
    where = _keep_traceback("".join(traceback.format_exception(error)))
    return f"Something unforeseen went wrong ({type(error).__name__}: {error}). {where}"


def _keep_traceback(text: str) -> str:
    # Reading the settings takes most of a start-up, and help has no use for them.
    from marketing_agent.settings import SettingsError, settings  # noqa: PLC0415  see above

    try:
        folder = settings().home / "logs"
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / "cli.traceback"
        file.write_text(text)
    except (OSError, SettingsError):
        return text
    return f"The traceback stands in {file}."
