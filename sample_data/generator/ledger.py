"""A table of whole numbers that only grows: the simulation's people, households, stays and spells."""

import numpy as np

from sample_data.generator.arrays import Ints


class Ledger:
    """Columns of equal length. A column not given on append takes its default."""

    def __init__(self, **defaults: int) -> None:
        self._defaults = defaults
        self._size = 0
        self._columns: dict[str, Ints] = {name: np.empty(1024, dtype=np.int64) for name in defaults}

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, name: str) -> Ints:
        return self._columns[name][: self._size]

    def append(self, count: int, **values: Ints | int) -> Ints:
        """Add rows and return their numbers."""
        rows = np.arange(self._size, self._size + count)
        while self._size + count > len(next(iter(self._columns.values()))):
            self._columns = {n: np.concatenate([c, np.empty_like(c)]) for n, c in self._columns.items()}
        for name, default in self._defaults.items():
            self._columns[name][self._size : self._size + count] = values.get(name, default)
        self._size += count
        return rows
