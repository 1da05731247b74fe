"""Nothing that readers once saw is lost: the index as of any run, the way back, and what changed in between."""

from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise, permutations
from typing import Any

import pandas as pd
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from linkage.index import index_difference, open_index
from linkage.schema import PUBLISHED, Table
from linkage.schema.ddl import FROM, TO, metadata
from linkage.store.copy import query_as_of
from linkage.store.transaction import reading
from tests.integration.version_steps import Back, Change, Rows, Story, rows_of, tell
from tests.integration.worlds import UPRNS, Said

RECORDS = [f"{source}:{n}:lead:1" for n in range(4) for source in ("council_tax", "libraries")]
said = st.builds(Said, st.sampled_from("0123"), st.sampled_from(["OKAFOR", "MENSAH"]), st.sampled_from(UPRNS))
changes = st.builds(
    Change,
    st.dictionaries(st.sampled_from(RECORDS), st.one_of(said, said, st.none()), min_size=1, max_size=4),
    st.booleans(),
)
first = st.builds(Change, st.dictionaries(st.sampled_from(RECORDS), said, min_size=3), st.just(False))
stories = st.tuples(
    first, st.lists(st.one_of(changes, changes, st.builds(Back, st.integers(0, 4))), min_size=2, max_size=5)
)


@settings(max_examples=8, phases=[Phase.explicit, Phase.generate])
@given(stories)
def test_readers_see_what_was_published_as_of_every_run_and_what_changed_between_any_two(
    make_engine: Callable[[], sa.Engine], told: tuple[Change, list[Change | Back]]
) -> None:
    engine = make_engine()
    story = Story(engine)
    for story in tell(engine, [told[0], *told[1]]):
        assert_readers_see_the_latest(story)
    assert_every_publication_is_as_it_was(story)
    assert_no_row_is_valid_twice_at_once(engine)
    assert_the_difference_is_that_of_the_rows(story)
    engine.dispose()


def assert_readers_see_the_latest(story: Story) -> None:
    """What is published is the model's, and a row that is as it was stays untouched."""
    latest = story.shown[-1]
    with reading(story.engine) as connection:
        for table in PUBLISHED:
            assert rows_of(query_as_of(connection, table, None), table) == latest.tables[table.name]
            assert _since(connection, table) == latest.since[table.name]


def _since(connection: sa.Connection, table: Table) -> dict[tuple[Any, ...], int]:
    rows = metadata().tables[f"published.{table.name}"]
    asked = sa.select(*(rows.c[name] for name in (*table.key, FROM)))
    return {_plain(row[:-1]): row[-1] for row in connection.execute(asked)}


def _plain(key: Any) -> tuple[Any, ...]:
    return tuple(pd.Timestamp(v) if hasattr(v, "isoformat") else v for v in key)


def assert_every_publication_is_as_it_was(story: Story) -> None:
    """By COPY, for the next run, and by a query, for readers."""
    with reading(story.engine) as connection:
        for number, shown in enumerate(story.shown, start=1):
            for table in PUBLISHED:
                assert rows_of(query_as_of(connection, table, number), table) == shown.tables[table.name]
    for run_id in story.run_ids:
        shown = story.shown[story.latest_of(run_id) - 1]
        with open_index(story.engine, run_id) as index:
            for table in PUBLISHED:
                rows = index.table(table)
                keys = index.connection.execute(sa.select(*(rows.c[name] for name in table.key)))
                assert sorted(map(_plain, keys)) == sorted(shown.tables[table.name])


def assert_no_row_is_valid_twice_at_once(engine: sa.Engine) -> None:
    with reading(engine) as connection:
        for table in PUBLISHED:
            spans = defaultdict(list)
            for schema, until in (("history", TO), ("published", None)):
                rows = metadata().tables[f"{schema}.{table.name}"]
                ends = rows.c[until] if until else sa.literal(10**9)
                asked = sa.select(*(rows.c[name] for name in table.key), rows.c[FROM], ends)
                for *key, begins, ended in connection.execute(asked):
                    spans[tuple(key)].append((begins, ended))
            for held in map(sorted, spans.values()):
                assert all(begins < ended for begins, ended in held)
                assert all(ended <= begins for (_, ended), (begins, _) in pairwise(held))


def assert_the_difference_is_that_of_the_rows(story: Story) -> None:
    for one, other in permutations(story.run_ids[:4], 2):
        before, after = (story.shown[story.latest_of(run) - 1].tables for run in (one, other))
        found = index_difference(story.engine, one, other)
        assert found.tables == {t.name: _counted(before[t.name], after[t.name]) for t in PUBLISHED}
        people, now = before["resident"], after["resident"]
        assert {row["resident_id"]: row["what"] for row in found.residents} == {
            key[0]: "added" if key not in people else "removed" if key not in now else "changed"
            for key in people.keys() | now.keys()
            if people.get(key) != now.get(key)
        }


def _counted(before: Rows, after: Rows) -> dict[str, int]:
    both = before.keys() & after.keys()
    return {
        "added": len(after.keys() - before.keys()),
        "removed": len(before.keys() - after.keys()),
        "changed": sum(before[key] != after[key] for key in both),
    }
