"""How many replies a second are stripped, and how long the slowest hostile body of 60 kB takes."""

from argparse import ArgumentParser
from collections.abc import Callable
from time import process_time

from measuring.table import note, show

from marketing_agent.mail.strip import strip_html, strip_reply

PARAGRAPH = (
    "Thank you for your mail. We looked at the offer and would like to talk about it next week,\n"
    "maybe on Tuesday at 10:00? Our colleague Jane will join, she is in charge of the budget.\n"
    "Please send the documents before, so that we can read them.\n\n"
)
QUOTE = "On Tue, May 6, 2031 at 9:08 AM Max Muster <max@acme.example> wrote:\n\n" + (
    "> This is some line of the old mail that is quoted here, as usual.\n" * 30
)
HONEST = {
    "short reply above a quote": ("Yes, gladly.\n\nJane\n\n" + QUOTE)[:4000],
    "long reply above a quote": (PARAGRAPH * 6 + "Jane\n\n" + QUOTE)[:4000],
    "nothing but prose": (PARAGRAPH * 20)[:4000],
}
HOSTILE = (
    "On ",
    "On\n",
    "> On ",
    "On Mon, Max\n",
    "On 1 <a@b> ",
    "On 2 on 3 on 4 a@b wrote:\n",
    "On 1.1.2031 9:08 Max wrote\n",
    "wrote: ",
    "schrieb ",
    "9:08 ",
    "2031-05-06 ",
    "\u5728 2031\u5e74",
    ">",
    ">>>> ",
    "> ",
    ">\n",
    "-",
    "- ",
    "-- \n",
    "________\n",
    "---- Original Message ----\n",
    "From: ",
    "From:\n",
    "From: a@b.c\n",
    "From: a Sent: b ",
    "a@b.c\n",
    "<",
    "<a ",
    "<div>",
    "</div>",
    "<blockquote>",
    "<div class=gmail_quote>",
    "<blockquote><div class=gmail_quote>",
    "<!--",
    "&#x41;",
    "&",
    "x",
    "word ",
    "C> a\n",
    "| a\n",
    "(http://a ",
    "> (http://a\n\n",
    "This e-mail and any confidential\n\n",
    "Sent from my iPhone\n",
    "---------- Forwarded message ----------\n",
    "> q\n\nAnswer\n\n",
    " ",
    "\n",
    "\u200e",
)
WAYS: dict[str, Callable[[str], str]] = {"text": strip_reply, "HTML": strip_html}
SIZE = 60_000  # characters
WANTED = 50  # milliseconds


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--slowest", type=int, default=8, help="hostile bodies to show")
    options = parser.parse_args()
    strip_reply("Loads the marks.")
    show(
        "Replies of 4 kB",
        ("body", "a second"),
        [_speed(name, body) for name, body in HONEST.items()],
    )
    rows = sorted(_hostile(), reverse=True)[: options.slowest]
    show(
        f"Hostile bodies of {SIZE // 1000} kB, the slowest",
        ("repeated", "as", "ms", "ms at twice the size"),
        [(repr(piece), way, f"{once:.1f}", f"{twice:.1f}") for once, twice, piece, way in rows],
    )
    note(
        f"Wanted: no hostile body over {WANTED} ms, and not much more than twice for twice the size."
    )


def _speed(name: str, body: str) -> tuple[str, str]:
    started, done = process_time(), 0
    while process_time() - started < 1:
        strip_reply(body)
        done += 1
    return name, f"{done:,}"


def _hostile() -> list[tuple[float, float, str, str]]:
    return [
        (_milliseconds(strip, piece, SIZE), _milliseconds(strip, piece, 2 * SIZE), piece, way)
        for piece in HOSTILE
        for way, strip in WAYS.items()
    ]


def _milliseconds(strip: Callable[[str], str], piece: str, size: int) -> float:
    body = piece * (size // len(piece))
    return min(_once(strip, body) for _ in range(3))


def _once(strip: Callable[[str], str], body: str) -> float:
    started = process_time()
    strip(body)
    return (process_time() - started) * 1000


if __name__ == "__main__":
    main()
