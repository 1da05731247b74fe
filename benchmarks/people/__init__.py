"""People and what six sources write down of them, with the traps that linkage meets, at any size."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.people.contact import moment_of, write_addresses, write_emails, write_phones
from benchmarks.people.homes import house
from benchmarks.people.households import settle
from benchmarks.people.identity import write_birth_dates, write_names, write_sexes
from benchmarks.people.rates import RATES, Setting
from benchmarks.people.records import SOURCES, people_needed, write_down
from benchmarks.people.vocabulary import names

__all__ = ["Setting", "SimulatedPeople", "simulate_people"]


@dataclass(frozen=True, slots=True)
class SimulatedPeople:
    """Records and whose they are.

    Attributes:
        table: One row a record, every column text, null where it is missing; `record_id` is distinct.
        person_id: Number of the person of each row, shape (records,).
    """

    table: pa.Table
    person_id: npt.NDArray[np.int64]


def simulate_people(records: int, *, setting: Setting = "easy", seed: int = 1) -> SimulatedPeople:
    """Simulate records of people who live in households, in random order.

    Args:
        records: How many records, at least 1.
        setting: `easy` and `hard` differ in how often there are traps and errors; in `alone` everybody lives alone and
            nobody shares anything, with the errors of `easy`.
        seed: The same seed gives the same records.

    Returns:
        A table of `record_id`, `source` (s1 to s6), `forename`, `surname`, `birth_date` (ISO), `sex` (F or M),
        `address` (one line), `postcode`, `phone` and `email`; and the person of each row.

    Raises:
        ValueError: If there are to be fewer records than 1, or more homes than there are postcodes for
            (some 16 million).
    """
    if records < 1:
        raise ValueError(f"{records} records were asked for; there must be at least one.")
    rng, rates, words = np.random.default_rng(seed), RATES[setting], names()
    people = settle(rng, rates, words, people_needed(records))
    homes = house(rng, rates, people)
    written = write_down(rng, records, len(people.head))
    moment = moment_of(people, homes, written)
    forename, surname = write_names(rng, rates, people, written, words)
    address, postcode = write_addresses(rng, rates, homes, written, moment)
    number = pa.array(np.arange(1, records + 1)).cast(pa.string())
    columns = {
        "record_id": pc.binary_join_element_wise("r", pc.utf8_lpad(number, 7, "0"), ""),
        "source": pa.array([f"s{n + 1}" for n in range(SOURCES)]).take(pa.array(written.source)),
        "forename": forename,
        "surname": surname,
        "birth_date": write_birth_dates(rng, rates, people, written),
        "sex": write_sexes(rng, rates, people, written),
        "address": address,
        "postcode": postcode,
        "phone": write_phones(rng, rates, people, homes, written, moment),
        "email": write_emails(rng, rates, people, written, moment, words),
    }
    return SimulatedPeople(pa.table(columns), written.person)
