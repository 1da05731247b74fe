"""The verbs of the survey: what was loaded, what went for it, and what is shown of a council with one answer."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from service.cli import app

HEADER = "council,respondent_group,respondent,characteristic,level\n"


@pytest.fixture(autouse=True)
def _on_a_database(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RESIDENT_INDEX_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("RESIDENT_INDEX_DATA_DIR", str(tmp_path / "data"))


def survey(*words: object) -> str:
    done = CliRunner().invoke(app, ["survey", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def answers(folder: Path, *rows: str) -> Path:
    path = folder / "answers.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return path


def test_a_council_with_a_single_answer_is_shown_without_a_level(server_url: str, tmp_path: Path) -> None:
    survey("load", answers(tmp_path, "Newport,officers,1,leadership,2"))
    assert "Newport" in survey("show")
    levels = json.loads(survey("show", "--json"))["levels"]
    assert {row["level"] for row in levels} == {None}


def test_a_level_is_shown_beside_characteristics_that_have_none(server_url: str, tmp_path: Path) -> None:
    asked = tmp_path / "invited.csv"
    asked.write_text("council,respondent_group,invited\nNewport,officers,6\n")
    rows = [f"Newport,officers,{n},leadership,3" for n in range(6)]
    survey("load", answers(tmp_path, *rows), "--invited", asked)
    assert "Newport 3 o - - - - -" in survey("show").replace("\u2502", "").replace("  ", " ")


def test_loading_says_what_was_replaced_and_what_was_kept(server_url: str, tmp_path: Path) -> None:
    asked = tmp_path / "invited.csv"
    asked.write_text("council,respondent_group,invited\nNewport,officers,6\n")
    path = answers(tmp_path, "Newport,officers,1,leadership,2", "Newport,officers,2,leadership,2")
    first = survey("load", path, "--invited", asked)
    assert first == "Loaded 2 answers of 1 council. Loaded how many 1 council asked."
    told = survey("load", answers(tmp_path, "newport ,officers,1,leadership,3"))
    assert told == (
        "Loaded 1 answer of 1 council in place of 2 loaded before. "
        "Kept how many 1 council asked, as loaded before."
    )


def test_a_council_can_be_forgotten(server_url: str, tmp_path: Path) -> None:
    survey("load", answers(tmp_path, "Newprt,officers,1,leadership,2"))
    assert survey("forget", "newprt") == "Removed 1 answer of Newprt, and how many it had asked."
    assert "Newprt" not in survey("show")
