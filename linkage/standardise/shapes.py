"""Codes with a fixed shape of letters and digits, in which O and 0, or I and 1, were keyed for each other."""

AS_LETTER = {"0": "O", "1": "I"}
AS_DIGIT = {"O": "0", "I": "1", "L": "1"}


def fit_shape(text: str, shapes: tuple[str, ...]) -> str | None:
    """The text with the fewest swaps of O, 0, I, L and 1 that make it fit one of the shapes.

    Args:
        text: Upper case, without spaces.
        shapes: `A` stands for a letter and `9` for a digit; the first of equally near shapes wins.

    Returns:
        The text, changed where it must be; None when no shape fits.
    """
    fits = [
        fitted for shape in shapes if len(shape) == len(text) and (fitted := _fit(text, shape)) is not None
    ]
    return min(fits, key=lambda fitted: sum(a != b for a, b in zip(fitted, text, strict=True)), default=None)


def _fit(text: str, shape: str) -> str | None:
    fitted = []
    for character, wanted in zip(text, shape, strict=True):
        is_right = character.isdigit() if wanted == "9" else character.isalpha()
        swapped = character if is_right else (AS_DIGIT if wanted == "9" else AS_LETTER).get(character)
        if swapped is None:
            return None
        fitted.append(swapped)
    return "".join(fitted)
