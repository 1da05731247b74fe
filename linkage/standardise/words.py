"""Looking for words and phrases in a list of words."""

from collections.abc import Collection, Iterable, Sequence

Tokens = tuple[str, ...]


def phrases(texts: Iterable[str]) -> tuple[Tokens, ...]:
    """Phrases as words, longest first, so that the longest one that fits is found."""
    return tuple(sorted({tuple(text.split()) for text in texts}, key=lambda words: (-len(words), words)))


def find(tokens: Sequence[str], wanted: Collection[Tokens]) -> tuple[int, int] | None:
    """Start and end of the first of the wanted phrases, in their order, or none."""
    for phrase in wanted:
        size = len(phrase)
        for start in range(len(tokens) - size + 1):
            if tokens[start] == phrase[0] and tuple(tokens[start : start + size]) == phrase:
                return start, start + size
    return None


def without(tokens: Sequence[str], wanted: Collection[Tokens]) -> list[str]:
    """The words with every one of the wanted phrases taken out."""
    left = list(tokens)
    while (found := find(left, wanted)) is not None:
        del left[found[0] : found[1]]
    return left
