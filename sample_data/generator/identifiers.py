"""Identifiers that can belong to nobody: each from a range that is never issued, with check digits that are right."""

import numpy as np

from linkage.errors import SettingsError
from linkage.identifiers import UPN_LETTERS
from sample_data.generator.arrays import Ints, Texts, numbers
from sample_data.generator.draws import Draws


def nhs_numbers(draws: Draws, count: int) -> Texts:
    """NHS numbers from the test range 999, modulus 11 check digit right, no two alike.

    Raises:
        SettingsError: More people than the range holds. The message gives the range's size.
    """
    base = np.arange(999_000_000, 1_000_000_000)
    digits = base[:, None] // 10 ** np.arange(8, -1, -1) % 10
    check = (11 - digits @ np.arange(10, 1, -1) % 11) % 11
    usable = draws.shuffled("identifier.nhs", (base * 10 + check)[check < 10])
    if count > len(usable):
        raise SettingsError(
            f"The test range of NHS numbers serves {len(usable):,} people; fewer residents are needed."
        )
    return numbers(usable[:count], 10)


def ninos(draws: Draws, count: int) -> Texts:
    """National Insurance numbers with the prefix ZZ, which is never allocated; no two alike up to a million."""
    number = _spread(draws, "nino", count, 1_000_000)
    letter = np.array(list("ABCD"), dtype=object)[draws.whole("identifier.nino_letter", count, 0, 4)]
    return np.asarray(texts_of("ZZ", numbers(number, 6)) + letter, dtype=object)


def upns(draws: Draws, count: int) -> Texts:
    """Unique pupil numbers of local authority 999, which does not exist, with the right check letter."""
    return upn_with_letter(_spread(draws, "upn", count, 1_000_000_000) + 999_000_000_000)


def upn_with_letter(number: Ints) -> Texts:
    """Pupil numbers for twelve digits: the check letter goes in front."""
    digits = number[:, None] // 10 ** np.arange(11, -1, -1) % 10
    letters = np.array(list(UPN_LETTERS), dtype=object)
    letter = letters[(digits @ np.arange(2, 14)) % 23]
    return np.asarray(letter + numbers(number, 12), dtype=object)


def landlines(draws: Draws, count: int) -> Texts:
    """Telephone numbers of households: 020 7946 0xxx, kept for drama, then the unallocated range 061."""
    place = _spread(draws, "landline", count, 10_000_000)
    drama = draws.shuffled("identifier.drama_landline", np.arange(1000))
    result = texts_of("061", numbers(place + 20_000_000, 8))
    first = min(count, 1000)
    result[:first] = texts_of("0207946", numbers(drama[:first], 4))
    return result


def mobiles(draws: Draws, count: int) -> Texts:
    """Mobile numbers of people: 07700 900xxx, kept for drama, then the unallocated range 067."""
    place = _spread(draws, "mobile", count, 100_000_000)
    drama = draws.shuffled("identifier.drama_mobile", np.arange(1000))
    result = texts_of("067", numbers(place, 8))
    first = min(count, 1000)
    result[:first] = texts_of("07700900", numbers(drama[:first], 3))
    return result


def texts_of(prefix: str, rest: Texts) -> Texts:
    """A prefix before each text."""
    return np.asarray(prefix + rest, dtype=object)


def _spread(draws: Draws, name: str, count: int, space: int) -> Ints:
    """Distinct numbers below a power of ten, in no visible order: steps of a stride that shares no factor with it."""
    start = int(draws.whole(f"identifier.{name}", 1, 0, space)[0])
    return (start + np.arange(count) * 48_271_339 % space) % space
