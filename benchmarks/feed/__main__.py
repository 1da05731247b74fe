"""Measure addresses and the change feed: `python -m benchmarks.feed --seed 21 --seed 22`; a few minutes a council."""

import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from benchmarks.feed.council import months
from benchmarks.feed.knowing import known_happenings
from benchmarks.feed.partners import lone_parents_meet
from linkage.evaluate import (
    Town,
    happenings,
    judge,
    measure_feed,
    measure_residence,
    person_of_resident,
    read_town,
)
from linkage.index import IndexTables, changes
from sample_data.generator import generate


def measure(
    seed: int, folder: Path, *, residents: int, count: int, profile: str, partners: bool
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Figures of the feed by kind, and of addresses in the last month, of one council."""
    with lone_parents_meet() if partners else nullcontext():
        generate(residents=residents, months=count, seed=seed, profile=profile, out=folder)  # type: ignore[arg-type]
    town = read_town(folder / "truth")
    told, made = [], []
    for month in months(folder / "extracts"):
        snapshot, tables, memory = month.snapshot, month.tables, month.memory
        made.append((pd.Timestamp(snapshot), tables, memory))
        if len(made) > 1:
            (before, was, _), (after, now, _) = made[-2:]
            found = changes(
                was, now, run_id=str(snapshot), before_snapshot=before.date(), after_snapshot=after.date()
            )
            told.append(_named(found, was, now, town, (before, after)))
            made[-2] = (before, None, None)
    (first, *_), (last, tables, memory) = made[0], made[-1]
    communal = tables.address.loc[tables.address["is_communal"], "uprn"]
    all_told = pd.concat(told, ignore_index=True)
    happened = happenings(town, first, last, communal=communal)
    known = known_happenings(town, happened, memory, first, last)
    figures = measure_feed(all_told, happened, known, judge(all_told, town, communal=communal))
    persons = person_of_resident(tables.crosswalk, town.person_of_record(last))
    accuracy, calibration = measure_residence(
        tables.resident, tables.residence, persons, town.home_of_person(last)
    )
    print(calibration.round(3).to_string(index=False))
    return figures, {name: getattr(accuracy, name) for name in accuracy.__slots__}


def _named(
    found: pd.DataFrame,
    was: IndexTables,
    now: IndexTables,
    town: Town,
    days: tuple[pd.Timestamp, pd.Timestamp],
) -> pd.DataFrame:
    """Changes with the person and the address that each is about."""
    persons = [
        person_of_resident(t.crosswalk, town.person_of_record(d))
        for t, d in zip((was, now), days, strict=True)
    ]
    members = pd.concat([now.household_member, was.household_member]).drop_duplicates("household_id")
    gone = found["kind"].isin(["left", "died"])
    named = found.assign(uprn=found["household_id"].map(members.set_index("household_id")["uprn"]))
    for column, resident in (("person_id", "resident_id"), ("related_person_id", "related_resident_id")):
        before, after = (found[resident].map(of) for of in persons)
        named[column] = after.where(~gone, before).fillna(after).fillna(before)
    return named.assign(before=days[0], after=days[1])


def main(
    seed: Annotated[list[int], typer.Option(help="Councils.")],
    residents: Annotated[int, typer.Option(help="Residents of each.")] = 4000,
    count: Annotated[int, typer.Option("--months", help="Months.")] = 6,
    profile: Annotated[str, typer.Option(help="camden or vale.")] = "camden",
    partners: Annotated[bool, typer.Option(help="Many lone parents find a partner.")] = False,
) -> None:
    """Measure each council, and print what was found."""
    for number in seed:
        with tempfile.TemporaryDirectory(prefix="ri-feed-") as folder:
            figures, addresses = measure(
                number, Path(folder), residents=residents, count=count, profile=profile, partners=partners
            )
        print(f"seed {number}, {profile}")
        print(figures.round(3).to_string(index=False))
        print(", ".join(f"{name} {value:.4g}" for name, value in addresses.items()), flush=True)


typer.run(main)
