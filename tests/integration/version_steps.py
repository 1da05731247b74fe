"""Editions published one after the other, whole or in part, and gone back on; with what readers must see after each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa

from linkage.index import Scope, publish, roll_back
from linkage.index.edition import Edition
from linkage.schema import ADDRESS, CHANGE, PUBLISHED, Table, empty
from linkage.store import runs
from linkage.store.ledger import live_publication
from tests.integration.worlds import AUGUST, Said, World, clusters_of, tables_of, who_is_who

Rows = dict[tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Change:
    """An edition in which some records say something else, or are gone; whole, or only what that reaches."""

    said: dict[str, Said | None]
    is_part: bool


@dataclass(frozen=True)
class Back:
    """A return to an earlier run, counted back from the live one."""

    by: int


@dataclass
class Shown:
    """What a publication showed.

    Attributes:
        run_id: Run that it made live.
        world: What its records said.
        tables: Rows of each table by their key.
        since: Publication since which readers see each row, by table and key.
    """

    run_id: str
    world: World
    tables: dict[str, Rows]
    since: dict[str, dict[tuple[Any, ...], int]]


@dataclass
class Story:
    """A database, and what each of its publications showed."""

    engine: sa.Engine
    shown: list[Shown] = field(default_factory=list)

    def latest_of(self, run_id: str) -> int:
        """Number of a run's latest publication."""
        return max(n for n, shown in enumerate(self.shown, start=1) if shown.run_id == run_id)

    @property
    def run_ids(self) -> list[str]:
        """Runs in the order in which they first went live."""
        return list(dict.fromkeys(shown.run_id for shown in self.shown))


def tell(engine: sa.Engine, steps: list[Change | Back]) -> Iterator[Story]:
    """Do the steps one by one."""
    story = Story(engine)
    for step in steps:
        if isinstance(step, Change):
            _publish(story, step)
        else:
            _go_back(story, step)
        yield story


def rows_of(frame: pd.DataFrame, table: Table) -> Rows:
    """Rows by their key, missing values as `None`."""
    plain = frame.astype(object).where(frame.notna(), None)
    keys = plain[list(table.key)].itertuples(index=False, name=None)
    return dict(zip(keys, plain.itertuples(index=False, name=None), strict=True))


def _publish(story: Story, step: Change) -> None:
    before = story.shown[-1] if story.shown else None
    world = dict(before.world if before else {}) | {r: said for r, said in step.said.items() if said}
    world = {record: said for record, said in world.items() if step.said.get(record, said)}
    run_id, snapshot = f"run-{len(story.shown) + 1}", AUGUST + timedelta(days=len(story.shown))
    made = who_is_who(story.engine, world)
    tables = tables_of(world, made.resident_ids, snapshot)
    edition = Edition(run_id, snapshot, live_publication(story.engine), tables, made.events, empty(CHANGE))
    if before and step.is_part:
        edition = _part_of(edition, before, world, set(step.said))
    runs.open_run(story.engine, run_id, snapshot, {})
    count = len(world)
    outcome = publish(
        story.engine,
        edition,
        limits=(),
        record_count=count,
        raw_count=count,
        valid_count=count,
        quarantined_count=0,
    )
    assert outcome.status == "published"
    now = {table.name: rows_of(getattr(tables, table.name), table) for table in PUBLISHED}
    _show(
        story,
        run_id,
        world,
        now,
        keeps=lambda name, key: bool(before and before.tables[name].get(key) == now[name][key]),
    )


def _go_back(story: Story, step: Back) -> None:
    earlier_runs = [run for run in story.run_ids if story.shown and run != story.shown[-1].run_id]
    if not earlier_runs:
        return
    run_id = earlier_runs[-1 - step.by % len(earlier_runs)]
    number = story.latest_of(run_id)
    earlier, latest = story.shown[number - 1], story.shown[-1]
    assert roll_back(story.engine, run_id).status == "published"
    _show(
        story, run_id, earlier.world, earlier.tables,
        keeps=lambda name, key: latest.since[name].get(key, number + 1) <= number,
    )  # fmt: skip


def _show(
    story: Story, run_id: str, world: World, tables: dict[str, Rows], *, keeps: Callable[[str, Any], bool]
) -> None:
    before, number = story.shown[-1:], len(story.shown) + 1
    since = {
        name: {key: before[0].since[name][key] if keeps(name, key) else number for key in rows}
        for name, rows in tables.items()
    }
    story.shown.append(Shown(run_id, world, tables, since))


def _part_of(whole: Edition, before: Shown, world: World, changed: set[str]) -> Edition:
    """The rows of an edition that the change of some records reaches."""
    near = _reached(before.world, world, changed)
    inside = {record: said for record, said in world.items() if record in near}
    uprns = {w[r].uprn for w in (before.world, world) for r in near if r in w}
    residents = {row[1] for row in before.tables["crosswalk"].values() if row[0] in near}
    now = whole.tables.crosswalk
    residents |= set(now.loc[now["record_id"].isin(near), "resident_id"])
    homes = {row[0] for row in before.tables["household"].values() if row[1] in uprns}
    homes |= set(whole.tables.household.loc[whole.tables.household["uprn"].isin(uprns), "household_id"])
    scope = Scope(
        *(pd.Series(sorted(ids), dtype="string[pyarrow]") for ids in (residents, homes, near, residents))
    )
    who = now.set_index("record_id")["resident_id"]
    clusters = clusters_of(inside)["cluster_id"].drop_duplicates()
    ids = pd.Series(who.reindex(clusters).to_numpy(), index=clusters, dtype="string[pyarrow]")
    tables = tables_of(inside, ids, whole.snapshot_date)
    return replace(whole, tables=replace(tables, address=empty(ADDRESS)), scope=scope)


def _reached(before: World, now: World, changed: set[str]) -> set[str]:
    """Records of everybody who has shared a person or a home with one that changed, before or now."""
    reached: set[str] = set()
    more = set(changed)
    while more - reached:
        reached |= more
        for world in (before, now):
            people = {world[r].person for r in reached if r in world}
            homes = {world[r].uprn for r in reached if r in world}
            more |= {r for r, said in world.items() if said.person in people or said.uprn in homes}
    return reached
