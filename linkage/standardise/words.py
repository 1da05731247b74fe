"""Looking for words and phrases in a list of words."""

from collections.abc import Iterable, Mapping, Sequence

Tokens = tuple[str, ...]
Phrases = Mapping[str, tuple[Tokens, ...]]
"""Phrases by their first word, longest first."""


def longest_first(texts: Iterable[str]) -> tuple[Tokens, ...]:
    """Phrases as words, longest first, so that the longest one that fits is found."""
    return tuple(sorted({tuple(text.split()) for text in texts}, key=lambda words: (-len(words), words)))


def phrases(texts: Iterable[str]) -> Phrases:
    """Phrases ready to be looked for."""
    by_first: dict[str, list[Tokens]] = {}
    for phrase in longest_first(texts):
        by_first.setdefault(phrase[0], []).append(phrase)
    return {first: tuple(found) for first, found in by_first.items()}


def find(tokens: Sequence[str], wanted: Phrases) -> tuple[int, int] | None:
    """Start and end of the first of the wanted phrases, the longest where several start, or none."""
    if wanted.keys().isdisjoint(tokens):
        return None
    for start, token in enumerate(tokens):
        for phrase in wanted.get(token, ()):
            if tuple(tokens[start : start + len(phrase)]) == phrase:
                return start, start + len(phrase)
    return None


def without(tokens: Sequence[str], wanted: Phrases) -> list[str]:
    """The words with every one of the wanted phrases taken out."""
    left = list(tokens)
    while (found := find(left, wanted)) is not None:
        del left[found[0] : found[1]]
    return left
