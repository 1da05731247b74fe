"""How records write who a person is: names, birth date and sex."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.people.arrays import Generator, Ints, as_ints, chance, chance_among
from benchmarks.people.households import People
from benchmarks.people.rates import Rates
from benchmarks.people.records import SOURCES, Records
from benchmarks.people.slips import chosen, replaced, taken, with_slips
from benchmarks.people.vocabulary import Names

HALF_SURNAME = 0.25
"""Of records of people with a double-barrelled surname, those with only one part."""
UNHYPHENATED = 0.3
EARLIEST_YEAR, LATEST_YEAR = 1900, 2025


def write_names(
    rng: Generator, rates: Rates, people: People, records: Records, names: Names
) -> tuple[pa.Array, pa.Array]:
    """Forenames and surnames as written, shape (records,)."""
    forename = taken(names.forenames, _shortened(rng, rates, people.forename[records.person], names))
    surname = _surnames(rng, people, records, names)
    for_slips = records.errors(rng, rates.name_typos)
    forename = replaced(forename, for_slips, with_slips(rng, chosen(forename, for_slips)))
    for_slips = records.errors(rng, rates.name_typos)
    surname = replaced(surname, for_slips, with_slips(rng, chosen(surname, for_slips)))
    initials = records.errors(rng, rates.initials)
    forename = replaced(forename, initials, pc.utf8_slice_codeunits(chosen(forename, initials), 0, 1))
    swapped = records.errors(rng, rates.swapped_names)
    was = chosen(forename, swapped)
    return replaced(forename, swapped, chosen(surname, swapped)), replaced(surname, swapped, was)


def write_birth_dates(rng: Generator, rates: Rates, people: People, records: Records) -> pa.Array:
    """Birth dates as ISO text, all of them days of the calendar, shape (records,)."""
    count = len(records.person)
    year, month, day = _calendar(people.birth_day[records.person])
    is_new_year = records.errors(rng, rates.new_years)
    month, day = np.where(is_new_year, 1, month), np.where(is_new_year, 1, day)
    swaps = (day <= 12) & (day != month)
    swapped = swaps & records.errors(rng, min(rates.swapped_days * count / max(int(swaps.sum()), 1), 0.5))
    month, day = np.where(swapped, day, month), np.where(swapped, month, day)
    year, month, day = _with_wrong_digit(rng, rates, records, (year, month, day))

    none = records.source >= SOURCES - rates.sources_without_birth_date
    others = max(rates.missing_birth_dates - float(none.mean()), 0.0)
    missing = none | chance_among(rng, ~none, others, count)
    days = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    return pa.array(days.astype("datetime64[D]") + (day - 1), mask=missing).cast(pa.string())


def write_sexes(rng: Generator, rates: Rates, people: People, records: Records) -> pa.Array:
    """F, M or null, shape (records,)."""
    sex = people.sex[records.person] ^ records.errors(rng, rates.wrong_sexes)
    missing = chance(rng, rates.missing_sexes, len(sex))
    return pa.array(["M", "F"]).take(pa.array(sex, mask=missing))


def _shortened(rng: Generator, rates: Rates, forename: Ints, names: Names) -> Ints:
    """Forename codes, some of a short form, so many that they are the rate of all records."""
    forms = names.short_forms[forename]
    known = (forms >= 0).sum(axis=1)
    short = chance_among(rng, known > 0, rates.nicknames, len(forename))
    which = (rng.random(len(forename)) * known).astype(np.int64)
    return np.where(short, forms[np.arange(len(forename)), which], forename)


def _surnames(rng: Generator, people: People, records: Records, names: Names) -> pa.Array:
    person = records.person
    before = records.time < people.change_time[person]
    changes = people.change_time[person] < 1
    first = np.where(before & changes, people.former_surname[person], people.surname[person])
    second = np.where(before & changes, -1, people.second_surname[person])
    half = (second >= 0) & chance(rng, HALF_SURNAME, len(person))
    first = np.where(half & chance(rng, 0.5, len(person)), second, first)
    doubled = (second >= 0) & ~half
    text = taken(names.surnames, first)
    hyphen = taken(pa.array(["-", " "]), as_ints(chance(rng, UNHYPHENATED, int(doubled.sum()))))
    parts = (chosen(text, doubled), hyphen, taken(names.surnames, second[doubled]))
    joined = pc.binary_join_element_wise(*parts, "")
    return replaced(text, doubled, joined)


def _calendar(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of days since 1970-01-01."""
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    whole = as_ints(month.astype(np.int64))
    return whole // 12 + 1970, whole % 12 + 1, as_ints((date - month).astype(np.int64)) + 1


def _with_wrong_digit(
    rng: Generator, rates: Rates, records: Records, date: tuple[Ints, Ints, Ints]
) -> tuple[Ints, Ints, Ints]:
    """Year, month and day with a digit wrong in some: of the year's last two, or the month's or the day's last."""
    year, month, day = date
    where = np.flatnonzero(records.errors(rng, rates.wrong_digits))
    y, m, d = year[where], month[where], day[where]
    step = rng.integers(1, 10, len(where))
    other = [
        _other_digit(y, 1, step),
        _other_digit(y, 10, step),
        _other_digit(m, 1, step),
        _other_digit(d, 1, step),
    ]
    kind = rng.integers(0, 4, len(where))
    new_y = np.where(kind == 0, other[0], np.where(kind == 1, other[1], y))
    new_m, new_d = np.where(kind == 2, other[2], m), np.where(kind == 3, other[3], d)
    valid = (new_m >= 1) & (new_m <= 12) & (new_d >= 1) & (new_d <= 28)
    valid &= (new_y >= EARLIEST_YEAR) & (new_y <= LATEST_YEAR)
    # What would be no date at all has the last digit of its year wrong instead; 28 days are in every month.
    year[where] = np.where(valid, new_y, np.minimum(other[0], LATEST_YEAR))
    month[where], day[where] = np.where(valid, new_m, m), np.where(valid, new_d, np.minimum(d, 28))
    return year, month, day


def _other_digit(number: Ints, place: int, step: Ints) -> Ints:
    """Numbers with the digit of a place (1 or 10) moved on by 1 to 9."""
    digit = number // place % 10
    return number + ((digit + step) % 10 - digit) * place
