"""Which records there are: of whom, in which source, when, and how carelessly written."""

from dataclasses import dataclass

import numpy as np

from benchmarks.people.arrays import Flags, Floats, Generator, Ints, chance, pick, rank_in_group

COUNT_SHARES = (0.34, 0.32, 0.20, 0.09, 0.035, 0.015)
"""Of people, those with one record, two, and so on."""
MEAN_COUNT = 2.2
"""Rather below the mean of the counts that the shares make."""
SOURCE_SHARES = (0.30, 0.22, 0.18, 0.14, 0.10, 0.06)
SOURCE_CARELESSNESS = (0.7, 0.8, 1.0, 1.2, 1.5, 1.8)
SOURCES = len(SOURCE_SHARES)
TWICE_IN_SOURCE = 0.03
"""Of records, those that repeat a person in a source."""
QUALITY_SHAPE = 0.8
"""Of a gamma distribution: below 1, most records are clean and a few have many errors."""


@dataclass(frozen=True, slots=True)
class Records:
    """Records in random order, shape (records,).

    Attributes:
        person: Number of the person.
        source: Number of the source, from 0.
        time: When the record was written, in [0, 1).
        carelessness: What the rates of errors are multiplied by; 1 on average.
    """

    person: Ints
    source: Ints
    time: Floats
    carelessness: Floats

    def errors(self, rng: Generator, rate: float) -> Flags:
        """Which records have an error of a rate, shape (records,)."""
        return chance(rng, rate * self.carelessness, len(self.person))


def people_needed(records: int) -> int:
    """How many people have so many records, with some to spare."""
    return int(records / MEAN_COUNT * 1.01) + 100


def write_down(rng: Generator, records: int, people: int) -> Records:
    """So many records of people, in random order; a few people at the end may have none."""
    counts = 1 + pick(rng, COUNT_SHARES, people)
    person = np.repeat(np.arange(people), counts)[:records]
    source = _sources(rng, person, people)
    order = rng.permutation(records)
    person, source = person[order], source[order]
    careless = rng.gamma(QUALITY_SHAPE, 1 / QUALITY_SHAPE, records) * np.array(SOURCE_CARELESSNESS)[source]
    return Records(person, source, rng.random(records), careless / careless.mean())


def _sources(rng: Generator, person: Ints, people: int) -> Ints:
    """A source for each record: another for each of a person's, but for a few."""
    # Ordering sources by exponential waits draws them by their shares without repeating one.
    waits = rng.standard_exponential((people, SOURCES), dtype=np.float32) / np.array(
        SOURCE_SHARES, dtype=np.float32
    )
    ranked = np.argsort(waits, axis=1).astype(np.int8)
    rank = rank_in_group(person)
    repeats = (rank > 0) & chance(rng, TWICE_IN_SOURCE, len(person))
    return ranked[person, np.where(repeats, rank - 1, rank)].astype(np.int64)
