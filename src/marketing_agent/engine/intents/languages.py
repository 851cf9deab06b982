"""Which languages a text is in: words that several share mean something in those alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from marketing_agent.engine.intents.lexicon import EVERYWHERE, LANGUAGES, Match, lexicon
from marketing_agent.engine.intents.text import Words, words_of

DEFAULT = "en"
_MAX_TEXT = 5_000

_SHARE = 0.6
"""A language with this share of the words that the most frequent one has may be spoken as well."""

_ENOUGH = 2
"""Words of one language that tell anything."""


def spoken_languages(text: Words, matches: Sequence[Match]) -> Mapping[int, int]:
    """Give for each sentence the mask of the languages that it may be in.

    Those that the whole text may be in always count: people greet in one language and refuse in another.
    """
    masks = _masks(text, matches)
    whole = _likely(masks, _SHARE) or EVERYWHERE
    sentences: dict[int, list[int]] = defaultdict(list)
    for mask, number in zip(masks, text.sentences, strict=True):
        sentences[number].append(mask)
    return {number: whole | _likely(own, 1) for number, own in sentences.items()}


def language_of(text: str) -> str:
    """Give the language's two letters (ISO 639-1); English where nothing speaks for another."""
    known, counts = lexicon().function_words, dict.fromkeys(LANGUAGES, 0)
    for mask in (known.get(word, 0) for word in words_of(text[:_MAX_TEXT])):
        for place, language in enumerate(LANGUAGES):
            counts[language] += mask >> place & 1
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] > counts[DEFAULT] else DEFAULT


def _masks(text: Words, matches: Iterable[Match]) -> list[int]:
    """Give for each word the languages that know it; a phrase counts where only one language has it."""
    known = lexicon().function_words
    masks = [known.get(word, 0) for word in text.words]
    for match in matches:
        if not match.languages & match.languages - 1:
            masks[match.start] |= match.languages
    return masks


def _likely(masks: Iterable[int], share: float) -> int:
    counts = [0] * len(LANGUAGES)
    for mask in masks:
        if mask:
            for place in range(len(LANGUAGES)):
                counts[place] += mask >> place & 1
    most = max(counts)
    if most < _ENOUGH:
        return 0
    return sum(1 << place for place, count in enumerate(counts) if count >= most * share)
