"""The day after: a snapshot made from another by changing a small share of its rows, as services do from day to day.

A share of the people sent are new, a share is sent no more, and a share has moved to where another one lives.
"""

import csv
import random
import shutil
from datetime import date
from pathlib import Path

from linkage.contracts import Contract, load_contracts
from linkage.contracts.model import AddressMapping
from linkage.ingest import find_extract
from linkage.settings import PACKAGED_CONTRACTS

MOVED, COME, GONE = 0.6, 0.2, 0.2
"""Shares of the changed rows."""


def write_two_days(council: Path, out: Path, *, first: date, second: date, changed: float, seed: int) -> int:
    """Write two snapshots a day apart into a folder of extracts.

    Args:
        council: Folder of extracts with one snapshot, of the day `first`.
        out: Folder to write.
        first: First day.
        second: Second day.
        changed: Share of rows that differ from the one day to the other.
        seed: Decides which.

    Returns:
        Rows that differ.
    """
    draws = random.Random(seed)
    total = 0
    for source, contract in sorted(load_contracts(PACKAGED_CONTRACTS).items()):
        path = find_extract(council, contract, first)
        days = [out / source / day.isoformat() / path.name for day in (first, second)]
        for day in days:
            day.parent.mkdir(parents=True)
        if contract.kind == "gazetteer" or contract.extract.kind != "csv":
            for day in days:
                shutil.copyfile(path, day)
            continue
        total += _write(path, days, contract, changed=changed, draws=draws)
    return total


def _write(path: Path, days: list[Path], contract: Contract, *, changed: float, draws: random.Random) -> int:
    layout = contract.extract
    with path.open(encoding=layout.encoding, newline="") as stream:
        lines = list(csv.reader(stream, delimiter=layout.delimiter))
    header, rows = lines[0], lines[1:]
    chosen = draws.sample(range(len(rows)), round(len(rows) * changed))
    moved, come = round(len(chosen) * MOVED), round(len(chosen) * COME)
    movers, new, gone = chosen[:moved], set(chosen[moved : moved + come]), set(chosen[moved + come :])
    places = _places(header, contract.people[0].address if contract.people else None)
    after = [list(row) for row in rows]
    for mover in movers:
        other = rows[draws.randrange(len(rows))]
        for place in places:
            after[mover][place] = other[place]
    kept = (
        [row for number, row in enumerate(rows) if number not in new],
        [row for number, row in enumerate(after) if number not in gone],
    )
    for day, lines_of_day in zip(days, kept, strict=True):
        with day.open("w", encoding=layout.encoding, newline="") as stream:
            writer = csv.writer(stream, delimiter=layout.delimiter, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(lines_of_day)
    return len(chosen)


def _places(header: list[str], address: AddressMapping | None) -> list[int]:
    if address is None:
        return []
    names = [*address.lines, *(name for name in (address.postcode, address.uprn) if name is not None)]
    return [header.index(name) for name in names]
