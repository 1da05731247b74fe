"""The judge of plans, on a small table whose plans we can tell; and the filled index, on a small scale."""

import pytest
import sqlalchemy as sa

from benchmarks import lookups
from benchmarks.million import fill
from benchmarks.plans import Asked, indexes_used, overheard, plan_of, read_whole, sizes
from benchmarks.questions import QUESTIONS
from linkage.index.audit import audit

ROWS = 20_000


@pytest.fixture
def numbered(engine: sa.Engine) -> sa.Engine:
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE published.numbered (n int PRIMARY KEY, even bool)"))
        asked = "INSERT INTO published.numbered SELECT n, n % 2 = 0 FROM generate_series(1, :rows) AS n"
        connection.execute(sa.text(asked), {"rows": ROWS})
        connection.execute(sa.text("ANALYZE published.numbered"))
    return engine


@pytest.mark.parametrize(
    ("condition", "is_whole"),
    [("n = 7", False), ("n BETWEEN 7 AND 9", False), ("even", True), ("n + 0 = 7", True), ("true", True)],
)
def test_a_question_reads_a_large_table_whole_unless_an_index_answers_it(
    numbered: sa.Engine, condition: str, is_whole: bool
) -> None:
    asked = Asked(f"SELECT * FROM published.numbered WHERE {condition}", ())  # noqa: S608
    with numbered.connect() as connection:
        rows, plan = sizes(connection), plan_of(connection, asked)
    assert read_whole(plan, rows, largest=ROWS - 1) == (["published.numbered"] if is_whole else [])
    assert read_whole(plan, rows, largest=ROWS) == []
    assert indexes_used(plan) == ([] if is_whole else ["numbered_pkey"])


def test_an_index_read_from_end_to_end_is_no_answer(numbered: sa.Engine) -> None:
    asked = Asked("SELECT n FROM published.numbered ORDER BY n", ())
    with numbered.connect() as connection:
        connection.execute(sa.text("SET enable_seqscan TO off"))
        rows, plan = sizes(connection), plan_of(connection, asked)
    assert indexes_used(plan) == ["numbered_pkey"]
    assert read_whole(plan, rows, largest=1_000) == ["published.numbered"]


def test_what_is_asked_is_overheard_with_its_parameters(numbered: sa.Engine) -> None:
    asked = sa.text("SELECT even FROM published.numbered WHERE n = :n")
    with overheard(numbered) as heard, numbered.connect() as connection:
        connection.execute(asked, {"n": 8})
    with numbered.connect() as connection:
        assert [indexes_used(plan_of(connection, one)) for one in heard] == [["numbered_pkey"]]


def test_the_filled_index_obeys_the_audit(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        fill(connection, 300)
        checks = audit(connection, None, before=None, limits=())
        failed = [check.name for check in checks if not check.passed]
    assert failed == []


def test_every_question_is_answered_by_an_index_on_a_small_scale(
    empty_engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookups, "ASKED", 2)
    measured = lookups.measure_all(empty_engine, 8_000)
    assert {one["question"] for one in measured} == set(QUESTIONS)
    assert [(one["question"], one["when"], one["read_whole"]) for one in measured if one["read_whole"]] == []
