"""How often what happens to people and to their records, by setting."""

from dataclasses import dataclass, replace
from typing import Literal

Setting = Literal["easy", "hard", "alone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Shares between 0 and 1. Errors are per record; a record's quality scales them up or down together.

    Attributes:
        shares_homes: Whether people live in households at all; if not, nobody shares an address, phone or email.
        twins: Of births, those of twins.
        namesakes: Of families, those in which a child bears the forename and surname of a parent.
        movers: Of people, those who move, alone or with their household.
        surname_changes: Of adult women, those who change their surname.
        name_typos: Of forenames and of surnames, those with a letter too many, too few, wrong or out of place.
        nicknames: Of forenames, those in a short form.
        initials: Of forenames, those written as an initial.
        swapped_names: Forename and surname in each other's column.
        swapped_days: Day and month in each other's place, where both can be.
        wrong_digits: Birth dates with one digit wrong.
        new_years: Birth dates of which only the year was known, written as 1 January.
        missing_birth_dates: Of all records; most are those of the sources that hold none.
        sources_without_birth_date: How many sources hold no birth date.
        wrong_postcodes: Postcodes with one character wrong.
        missing_postcodes: Postcodes missing, half of them with the address line.
        missing_flats: Of address lines of flats, those without the flat.
        missing_phones: Records without phone.
        missing_emails: Records without email.
        changed_emails: Of people, those who change their email.
        missing_sexes: Records without sex.
        wrong_sexes: Records with the other sex.
    """

    shares_homes: bool
    twins: float
    namesakes: float
    movers: float
    surname_changes: float
    name_typos: float
    nicknames: float
    initials: float
    swapped_names: float
    swapped_days: float
    wrong_digits: float
    new_years: float
    missing_birth_dates: float
    sources_without_birth_date: int
    wrong_postcodes: float
    missing_postcodes: float
    missing_flats: float
    missing_phones: float
    missing_emails: float
    changed_emails: float
    missing_sexes: float
    wrong_sexes: float


EASY = Rates(
    shares_homes=True,
    twins=0.015,
    namesakes=0.02,
    movers=0.12,
    surname_changes=0.06,
    name_typos=0.03,
    nicknames=0.06,
    initials=0.015,
    swapped_names=0.007,
    swapped_days=0.01,
    wrong_digits=0.015,
    new_years=0.01,
    missing_birth_dates=0.08,
    sources_without_birth_date=1,
    wrong_postcodes=0.015,
    missing_postcodes=0.02,
    missing_flats=0.03,
    missing_phones=0.35,
    missing_emails=0.45,
    changed_emails=0.05,
    missing_sexes=0.10,
    wrong_sexes=0.005,
)
HARD = replace(
    EASY,
    twins=0.04,
    namesakes=0.05,
    movers=0.25,
    surname_changes=0.10,
    name_typos=0.06,
    nicknames=0.08,
    initials=0.03,
    swapped_names=0.015,
    swapped_days=0.02,
    wrong_digits=0.03,
    new_years=0.02,
    missing_birth_dates=0.25,
    sources_without_birth_date=2,
    wrong_postcodes=0.03,
    missing_postcodes=0.05,
    missing_phones=0.50,
    missing_emails=0.60,
    changed_emails=0.10,
)
ALONE = replace(EASY, shares_homes=False, twins=0.0, namesakes=0.0)

RATES: dict[Setting, Rates] = {"easy": EASY, "hard": HARD, "alone": ALONE}
