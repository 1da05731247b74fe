"""One extract before it is written: its columns, its key, and whom each row mentions."""

from dataclasses import dataclass, field

import numpy as np

from sample_data.generator.arrays import Flags, Ints, Texts


@dataclass(frozen=True)
class Mention:
    """People mentioned in one role at one position: row numbers and people, element by element."""

    role: str
    position: int
    rows: Ints
    people: Ints


@dataclass
class Fraud:
    """Frauds of one kind that rows of an extract show: rows, people, dwellings and when they began."""

    kind: str
    rows: Ints
    role: str
    people: Ints
    dwelling: Ints
    start: Ints


@dataclass
class Sheet:
    """Columns in the order of the header, all text, empty where the cell is empty."""

    columns: dict[str, Texts]
    key: tuple[str, ...]
    mentions: list[Mention] = field(default_factory=list)
    frauds: list[Fraud] = field(default_factory=list)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def mention(self, role: str, position: int, people: Ints, where: Flags | None = None) -> None:
        """Note that rows mention people; a negative number is nobody."""
        rows = np.flatnonzero(people >= 0 if where is None else where & (people >= 0))
        self.mentions.append(Mention(role, position, rows, people[rows]))

    def record_keys(self) -> Texts:
        """Each row's key, its parts joined by a slash."""
        parts = [self.columns[name] for name in self.key]
        result = parts[0]
        for part in parts[1:]:
            result = result + "/" + part
        return result

    def repeat(self, rows: Ints) -> None:
        """Send some rows twice."""
        order = np.concatenate([np.arange(len(self)), rows])
        self.columns = {name: text[order] for name, text in self.columns.items()}

    @staticmethod
    def stacked(sheets: list["Sheet"]) -> "Sheet":
        """One sheet of several, below one another."""
        names = list(sheets[0].columns)
        whole = Sheet({n: np.concatenate([s.columns[n] for s in sheets]) for n in names}, sheets[0].key)
        start = 0
        for sheet in sheets:
            whole.mentions += [Mention(m.role, m.position, m.rows + start, m.people) for m in sheet.mentions]
            whole.frauds += [
                Fraud(f.kind, f.rows + start, f.role, f.people, f.dwelling, f.start) for f in sheet.frauds
            ]
            start += len(sheet)
        return whole
