"""How records write where a person can be reached: address, postcode, phone and email."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.people.arrays import Flags, Generator, Ints, as_ints, chance, pick, rank_in_group
from benchmarks.people.homes import MOST_FLATS, Homes, postcode_texts, street_texts
from benchmarks.people.households import People
from benchmarks.people.rates import Rates
from benchmarks.people.records import Records
from benchmarks.people.slips import chosen, replaced, taken, with_wrong_character
from benchmarks.people.vocabulary import Names

FLAT_STYLES = ("Flat {}, ", "Flat {} ", "{}/")
FLAT_STYLE_SHARES = (0.6, 0.25, 0.15)
SHORT_STREETS = 0.25
PHONE_STYLES = (("0", ""), ("0", " "), ("+44", ""), ("+44 ", " "))
"""What comes before a number, and what behind its first four digits."""
PHONE_STYLE_SHARES = (0.6, 0.2, 0.1, 0.1)
LANDLINES, LANDLINE_USE = 0.6, 0.35
FAMILY_EMAILS, FAMILY_EMAIL_USE = 0.25, 0.4
NEW_MOBILES = 0.3
"""Of people who move, those who change their mobile."""
OWN_CONTACTS_AGE = 14
FIRST_MOBILE, MOBILES = 7_400_000_000, 500_000_000
FIRST_LANDLINE, LANDLINE_NUMBERS = 1_200_000_000, 700_000_000
STRIDE = 179_426_549
"""Prime: steps of it visit every number once before one comes again."""
DOMAINS = ("inbox.example", "post.example", "mail.example", "letters.example", "webmail.example")
DOMAIN_SHARES = (0.45, 0.25, 0.15, 0.1, 0.05)


@dataclass(frozen=True, slots=True)
class Moment:
    """What is true when a record is written, shape (records,).

    Attributes:
        has_moved: Whether the person has.
        home: Number of the home.
        contact: Number of the person whose phone and email are given: a young child's are those of the head.
    """

    has_moved: Flags
    home: Ints
    contact: Ints


def moment_of(people: People, homes: Homes, records: Records) -> Moment:
    """What is true when each record is written."""
    person = records.person
    has_moved = np.asarray(records.time >= homes.move_time[person])
    home = np.where(has_moved, homes.after[person], homes.before[person])
    is_young = (people.age < OWN_CONTACTS_AGE) & people.is_child
    contact = np.where(is_young, people.head, np.arange(len(is_young)))[person]
    return Moment(has_moved, home, contact)


def write_addresses(
    rng: Generator, rates: Rates, homes: Homes, records: Records, moment: Moment
) -> tuple[pa.Array, pa.Array]:
    """Address lines and postcodes as written, shape (records,)."""
    count = len(records.person)
    missing = chance(rng, rates.missing_postcodes, count)
    no_line = missing & chance(rng, 0.5, count)
    flat = homes.flat[moment.home] * ~records.errors(rng, rates.missing_flats)
    style = pick(rng, FLAT_STYLE_SHARES, count)
    flats = pa.array([form.format(n) if n else "" for form in FLAT_STYLES for n in range(MOST_FLATS + 1)])
    house = homes.house[moment.home]
    numbers = pa.array([f"{n} " for n in range(int(house.max()) + 1)])
    street = homes.street[moment.home]
    long, short = street_texts(rng, homes)
    streets = pa.concat_arrays([long, short])
    street = street + len(long) * chance(rng, SHORT_STREETS, count)
    line = pc.binary_join_element_wise(
        taken(flats, style * (MOST_FLATS + 1) + flat),
        taken(numbers, house),
        taken(streets, np.where(no_line, -1, street)),
        "",
    )
    postcodes = postcode_texts(rng, int(homes.postcode.max()) + 1)
    postcode = taken(postcodes, np.where(missing, -1, homes.postcode[moment.home]))
    wrong = records.errors(rng, rates.wrong_postcodes) & ~missing
    return line, replaced(postcode, wrong, with_wrong_character(rng, chosen(postcode, wrong)))


def write_phones(
    rng: Generator, rates: Rates, people: People, homes: Homes, records: Records, moment: Moment
) -> pa.Array:
    """Phones as written: a family's landline or a mobile; either may change with a move. Shape (records,)."""
    count, everybody = len(records.person), len(people.head)
    households = int(people.household[-1]) + 1
    person = records.person
    has_landline = chance(rng, LANDLINES, households)[people.household] & people.is_family
    left_alone = moment.has_moved & ~homes.is_with_household[person]
    landline = people.household[person] * 2 + moment.has_moved
    renews = chance(rng, NEW_MOBILES, everybody)
    mobile = moment.contact * 2 + (renews[moment.contact] & (records.time >= homes.move_time[moment.contact]))
    on_landline = has_landline[person] & ~left_alone & chance(rng, LANDLINE_USE, count)
    number = np.where(
        on_landline,
        FIRST_LANDLINE + landline * STRIDE % LANDLINE_NUMBERS,
        FIRST_MOBILE + mobile * STRIDE % MOBILES,
    )
    missing = chance(rng, rates.missing_phones, count)
    digits = pa.array(number, mask=missing).cast(pa.string())
    style = pick(rng, PHONE_STYLE_SHARES, count)
    before, behind = (pa.array(list(parts)) for parts in zip(*PHONE_STYLES, strict=True))
    return pc.binary_join_element_wise(
        taken(before, style),
        pc.utf8_slice_codeunits(digits, 0, 4),
        taken(behind, style),
        pc.utf8_slice_codeunits(digits, 4),
        "",
    )


def write_emails(
    rng: Generator, rates: Rates, people: People, records: Records, moment: Moment, names: Names
) -> pa.Array:
    """Emails as written: the family's or a person's own, which may change. Shape (records,)."""
    count, everybody = len(records.person), len(people.head)
    households = int(people.household[-1]) + 1
    person = records.person
    has_family_email = chance(rng, FAMILY_EMAILS, households)[people.household] & people.is_family
    change_time = np.where(chance(rng, rates.changed_emails, everybody), rng.random(everybody), np.inf)
    has_changed = records.time >= change_time[moment.contact]
    missing = chance(rng, rates.missing_emails, count)
    texts = pa.concat_arrays([_own_emails(rng, people, names, tail) for tail in ("", "x", ".family")])
    kind = np.where(has_family_email[person] & chance(rng, FAMILY_EMAIL_USE, count), 2, as_ints(has_changed))
    owner = np.where(kind == 2, people.head[person], moment.contact)
    return taken(texts, np.where(missing, -1, kind * everybody + owner))


def _own_emails(rng: Generator, people: People, names: Names, tail: str) -> pa.Array:
    """An email of each person's own; who bears a name already taken puts a number behind it."""
    count = len(people.head)
    namesakes = rank_in_group(people.forename * len(names.surnames) + people.surname)
    numbers = pa.array([tail, *(f"{tail}{n}" for n in range(1, int(namesakes.max()) + 1))])
    domain = pick(rng, DOMAIN_SHARES, count)
    joint = taken(pa.array([".", "_", ""]), pick(rng, (0.6, 0.15, 0.25), count))
    return pc.binary_join_element_wise(
        taken(_letters(names.forenames), people.forename),
        joint,
        taken(_letters(names.surnames), people.surname),
        taken(numbers, namesakes),
        taken(pa.array([f"@{name}" for name in DOMAINS]), domain),
        "",
    )


def _letters(texts: pa.Array) -> pa.Array:
    """Texts in small letters, all else left out."""
    return pc.replace_substring_regex(pc.utf8_lower(texts), "[^a-z]", "")
