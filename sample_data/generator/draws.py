"""Random draws by name: each named draw has its own stream, so that adding one never shifts another."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from sample_data.generator.arrays import Flags, Floats, Ints


@dataclass(frozen=True)
class Draws:
    """A source of named draws. The same seed, name and size always give the same numbers."""

    seed: int

    def stream(self, name: str) -> np.random.Generator:
        """The generator that belongs to a name."""
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, crc32(name.encode())])))

    def uniform(self, name: str, size: int) -> Floats:
        """Numbers in [0, 1)."""
        return self.stream(name).random(size)

    def chance(self, name: str, size: int, rate: float) -> Flags:
        """True at a rate."""
        return self.uniform(name, size) < rate

    def boosted(self, name: str, eligible: Flags, rate: float, minimum: int) -> Flags:
        """True among the eligible at a rate, but for at least a number of them if there are so many."""
        u = np.where(eligible, self.uniform(name, len(eligible)), 2.0)
        chosen = u < rate
        if chosen.sum() < minimum:
            chosen[np.argsort(u, kind="stable")[:minimum]] = True
        return chosen & eligible

    def whole(self, name: str, size: int, low: int, high: int) -> Ints:
        """Whole numbers from low up to but not including high."""
        return low + (self.uniform(name, size) * (high - low)).astype(np.int64)

    def pick(self, name: str, size: int, weights: Floats) -> Ints:
        """Positions of a list of weights, each as often as its weight says."""
        return choose(self.uniform(name, size), weights)

    def waits(self, name: str, size: int, median: Floats) -> Ints:
        """Waiting times in days with the medians given (exponential)."""
        return np.asarray(-np.log2(1 - self.uniform(name, size)) * median, dtype=np.int64)

    def shuffled(self, name: str, values: Ints) -> Ints:
        """The values in another order."""
        return np.asarray(self.stream(name).permutation(values), dtype=np.int64)


def choose(u: Floats, weights: Floats) -> Ints:
    """Positions of a list of weights for numbers in [0, 1)."""
    edges = np.cumsum(weights) / np.sum(weights)
    return np.minimum(np.searchsorted(edges, u, side="right"), len(weights) - 1).astype(np.int64)
