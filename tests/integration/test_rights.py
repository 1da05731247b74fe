"""Rights of a person on the whole product: a canary resident asks for access, restricts, and is erased."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from linkage.contracts import load_contracts
from linkage.errors import StoreError
from linkage.index import index_summary, resident_detail, roll_back
from linkage.rights.access_page import html_page, markdown_page
from linkage.settings import Settings
from linkage.store.database import connect
from linkage.store.judgements import withdraw_judgement
from linkage.store.restricted import read_restricted
from pipeline.flow import run_all
from pipeline.retention import apply_retention, check_ledger, forget
from pipeline.rights import erase, subject_access
from service.cli import app
from tests.databases import copy_database
from tests.integration.council import SECOND, Council, environment_of
from tests.unit.store.small_index import dump

CANARY = re.compile("zzyzxcanary", re.IGNORECASE)
SIGNED = {"decided_by": "clerk", "reason": "asked in writing"}
TODAY = date(2026, 10, 5)


class Page(HTMLParser):
    """Tags of a page, and how often each is opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


@pytest.fixture
def settings(council: Council) -> Iterator[Settings]:
    """A copy of the council that a test may change, owners and all: the embedded server runs as a user of its own."""
    folder = Path(tempfile.mkdtemp(prefix="ri-"))
    copied = folder / "c"
    subprocess.run(["cp", "-a", council.settings.data_dir, copied], check=True)
    folder.chmod(0o755)
    url = council.settings.database_url
    given = {"data_dir": copied, "database_url": None if url is None else copy_database(url)}
    yield council.settings.model_copy(update=given)
    shutil.rmtree(folder, ignore_errors=True)


def canaries(settings: Settings) -> list[str]:
    with connect(settings) as database, database.connect() as connection:
        asked = "SELECT resident_id FROM published.resident WHERE surname = 'ZZYZXCANARY' ORDER BY record_count DESC"
        return list(connection.scalars(sa.text(asked)))


def verb(settings: Settings, *arguments: str) -> str:
    done = CliRunner(env=environment_of(settings)).invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def traces(settings: Settings) -> list[str]:
    """Files of the data directory in which the canary is: every byte of them, and what Parquet packs."""
    found = []
    for path in sorted(p for p in settings.data_dir.rglob("*") if p.is_file() and not p.is_socket()):
        text = path.read_bytes().decode("latin-1")
        if path.suffix == ".parquet":
            text += pq.read_table(path).to_pandas().to_csv()
        if CANARY.search(text):
            found.append(str(path.relative_to(settings.data_dir)))
    return found


def every_table(settings: Settings) -> str:
    with connect(settings) as database:
        return dump(database)


def test_the_subject_gets_everything_with_its_sources_and_nobody_else(council: Council) -> None:
    contracts = load_contracts(council.settings.contracts_dir)
    document = subject_access(council.settings, canaries(council.settings)[0], on=TODAY)
    held = json.dumps(document, default=str)
    records = document["now"]["source_record"]
    assert len(records) == document["now"]["resident"][0]["record_count"]
    assert {row["source"] for row in document["sources"]} == {row["source"] for row in records}
    for source in document["sources"]:
        assert source["lawful_basis"] == contracts[source["source"]].lawful_basis
        assert source["kept_for"].startswith(contracts[source["source"]].retention)
    with connect(council.settings) as database, database.connect() as connection:
        others = connection.scalars(
            sa.text("SELECT resident_id FROM published.resident WHERE surname <> 'ZZYZXCANARY'")
        ).all()
    assert [other for other in others if other in held] == []
    for page in (html_page(document, contracts), markdown_page(document, contracts)):
        assert CANARY.search(page)
        assert all(row["record_key"] in page for row in records)
        assert [other for other in others if other in page] == []


def test_the_page_is_one_file_without_a_script(council: Council) -> None:
    contracts = load_contracts(council.settings.contracts_dir)
    page = html_page(subject_access(council.settings, canaries(council.settings)[0], on=TODAY), contracts)
    tags = Page(page).tags
    assert {"script", "img", "link", "iframe"}.isdisjoint(tags)
    assert (tags.count("h1"), tags.count("main"), tags.count("html")) == (1, 1, 1)
    assert "http" not in page.replace("https://", "")


def test_the_answer_is_written_to_a_file_that_only_its_owner_can_read(
    council: Council, tmp_path: Path
) -> None:
    asked = canaries(council.settings)[0]
    for name in ("answer.html", "answer.json", "answer.md"):
        said = verb(council.settings, "subject-access", asked, "--out", str(tmp_path / name))
        assert not CANARY.search(said)
        assert CANARY.search((tmp_path / name).read_text())
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_an_erased_person_is_nowhere_and_does_not_come_back_with_the_next_run(settings: Settings) -> None:
    erased = canaries(settings)
    assert len(traces(settings)) > 10
    proofs = [erase(settings, resident_id, **SIGNED) for resident_id in erased]
    is_own_server = settings.database_url is None
    assert {proof.is_rewritten for proof in proofs} == {is_own_server}
    assert traces(settings) == []
    assert not CANARY.search(every_table(settings))
    assert check_ledger(settings).adds_up
    assert "retired" in json.dumps(subject_access(settings, erased[0], on=TODAY), default=str)
    listed = json.loads(verb(settings, "deletions", "--json"))
    assert {row["resident_id"] for row in listed} == set(erased)
    again = run_all(settings, SECOND)
    told = again.folder.manifest("remember")
    assert told is not None
    assert told.counts["erased"] == sum(proof.counts["published.source_record"] for proof in proofs)
    assert not CANARY.search(every_table(settings))
    assert canaries(settings) == []
    verb(settings, "summary")


def test_restriction_survives_a_run_a_rollback_and_retention_and_ends_when_it_is_withdrawn(
    settings: Settings,
) -> None:
    first, second = (run["run_id"] for run in reversed(json.loads(verb(settings, "runs", "--json"))))
    asked = canaries(settings)[0]
    made = json.loads(verb(settings, "restrict", asked, "--reason", "disputed", "--json"))["judgement_id"]
    assert "restricted since" in verb(settings, "resident", asked)
    third = run_all(settings, SECOND)
    assert asked not in canaries(settings)
    assert third.folder.manifest("remember").counts["restricted"] >= 5  # type: ignore[union-attr]
    said = json.loads(verb(settings, "resident", asked, "--as-of", first, "--json"))
    assert list(said) == ["restricted_since"]
    document = subject_access(settings, asked, on=TODAY)
    assert document["restricted_since"] is not None
    assert len(document["operations"]["restricted_record"]) >= 5
    with connect(settings) as database:
        with pytest.raises(StoreError):
            resident_detail(database, asked, as_of_run=first)
        roll_back(database, second)
    assert asked not in canaries(settings)
    with connect(settings) as database:
        roll_back(database, third.run_id)
        withdraw_judgement(database, made, **SIGNED)
    run_all(settings, SECOND)
    assert asked in canaries(settings)
    with connect(settings) as database:
        assert read_restricted(database).empty
    assert check_ledger(settings).adds_up
    _forget_and_expire(settings, first, second)


def _forget_and_expire(settings: Settings, first: str, second: str) -> None:
    """The base of the live run stays whatever is asked; a closed one is forgotten; after years most is gone."""
    with pytest.raises(StoreError, match="cannot be forgotten"):
        forget(settings, first, **SIGNED)
    counts = forget(settings, second, **SIGNED)
    assert counts[f"runs/{second}"] > 50
    assert not (settings.data_dir / "runs" / second).exists()
    with connect(settings) as database, pytest.raises(StoreError, match="was forgotten on"):
        index_summary(database, as_of_run=second)
    before = every_table(settings)
    would = apply_retention(settings, on=date(2030, 1, 1), is_dry_run=True)
    assert every_table(settings) == before
    done = apply_retention(settings, on=date(2030, 1, 1))
    assert {**would.counts} == {**done.counts}
    assert done.counts["operations.quarantine_log"] > 0
    assert (settings.data_dir / "runs" / first).exists()
    assert apply_retention(settings, on=date(2030, 1, 1)).counts == {}
    assert check_ledger(settings).adds_up
    kinds: list[Any] = [row["kind"] for row in json.loads(verb(settings, "deletions", "--json"))]
    assert set(kinds) == {"retention", "forgotten_run"}
