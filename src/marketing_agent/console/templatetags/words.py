"""How sentences look on a page."""

from django.template import Library
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = Library()


@register.filter
def commands(sentence: str) -> SafeString:
    """Show what stands between backquotes as a command to type; all text is escaped."""
    pieces = sentence.split("`")
    if len(pieces) % 2 == 0:  # a backquote without its partner: the sentence as it stands
        return format_html("{}", sentence)
    shown = (
        format_html("<code>{}</code>", piece) if n % 2 else piece for n, piece in enumerate(pieces)
    )
    return format_html_join("", "{}", ((each,) for each in shown))
