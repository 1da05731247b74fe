"""Verbs about outcomes: what is asked for by mistake is said so, and what is shown can be read."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from linkage.errors import ResidentsIndexError
from linkage.schema import CASES
from pipeline.matching import Form
from pipeline.outcomes import outcome_of
from service.cli import app
from service.commands import applying, outcomes
from service.listing import WIDTH
from service.outcomes_page import outcomes_page, shown
from tests.unit.outcomes.views import keep

ENTRY = "electoral_register:E10001639:elector:1"


@pytest.fixture
def index(engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """An index of the verbs' own, with three cases of the register."""
    monkeypatch.setenv("RESIDENT_INDEX_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("RESIDENT_INDEX_DATA_DIR", str(tmp_path))
    keep(engine, *(a_case(number) for number in range(3)))
    return engine


def a_case(number: int) -> dict[str, object]:
    return {
        "case_id": f"C{number:016d}", "finding": "probably_moved", "resident_id": "RPVNMNNVQX6SB",
        "record_id": ENTRY, "evidenced_uprn": "100021066689", "evidence": "[]",
        "reason": "Nobody else has the person there, and another household has come.",
    }  # fmt: skip


def ask(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def refusal(*words: str) -> str:
    """The one sentence with which a verb refuses."""
    error = ask(*words).exception
    assert isinstance(error, ResidentsIndexError), error
    return str(error)


@pytest.mark.parametrize(
    ("words", "possible"),
    [
        (["electors", "--finding", "probably_deceasd"], "probably deceased"),
        (["cases", "tenancies", "--finding", "nosuch"], "possible sublet"),
        (["admissions", "--finding", "lodger"], "evidenced elsewhere"),
        (["cases", "children", "--finding", "new_adult_by_child"], "missing from view"),
        (["cases", "applications", "--finding", "two"], "nobody"),
        (["electors", "--disposition", "nosuch"], "confirmed, dismissed, open"),
    ],
)
def test_a_slip_in_what_is_asked_for_is_an_error_that_says_what_is_possible(
    index: sa.Engine, words: list[str], possible: str
) -> None:
    told = refusal(*words)
    assert possible in told
    assert words[-1] not in told


@pytest.mark.parametrize("written", ["probably_moved", "probably moved", " Probably-Moved "])
def test_a_finding_may_be_written_as_it_is_shown(index: sa.Engine, written: str) -> None:
    assert len(json.loads(ask("electors", "--finding", written, "--json").stdout)) == 3


def test_every_outcome_with_cases_says_what_they_may_have_found() -> None:
    assert [outcome_of(name).table for name in outcomes.FINDINGS] == list(CASES)


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ({"value": 0.0, "numerator": 0.0, "denominator": 0.0}, "none to measure"),
        ({"value": 0.0, "numerator": 0.0, "denominator": 9.0}, "0.0% (0 of 9)"),
        ({"value": 0.25, "numerator": 1000.0, "denominator": 4000.0}, "25.0% (1,000 of 4,000)"),
        ({"value": 1200.0, "numerator": None, "denominator": None}, "1,200"),
        ({"value": 0.0, "numerator": float("nan"), "denominator": float("nan")}, "0"),
    ],
)
def test_a_share_of_nothing_is_none_to_measure_and_not_nought_per_cent(
    figure: dict[str, float | None], told: str
) -> None:
    assert shown(figure) == told


def test_the_page_of_figures_shows_no_share_of_nothing() -> None:
    assert "(0 of 0)" not in outcomes_page()


def test_what_came_of_cases_is_told_by_the_names_of_the_verbs_and_out_of_how_many(index: sa.Engine) -> None:
    ask("dispose", "C0000000000000000", "confirmed", "--reason", "seen", "--value", "40")
    ask("dispose", "C0000000000000001", "confirmed", "--reason", "seen", "--value", "2")
    ask("dispose", "C0000000000000001", "open", "--reason", "look again", "--value", "2")
    told = {row["outcome"]: row for row in json.loads(ask("dispositions", "--json").stdout)}
    assert list(told) == list(outcomes.FINDINGS)
    assert (told["electors"]["open_count"], told["electors"]["case_count"]) == (2, 3)
    assert (told["electors"]["confirmed_count"], told["electors"]["value"]) == (1, 40.0)
    assert "elector_check" not in ask("dispositions").stdout


@pytest.mark.parametrize("limit", ["0", "-1", "1000001", "99999999999999999999"])
def test_a_limit_out_of_range_is_one_sentence_that_does_not_repeat_it(limit: str) -> None:
    told = refusal("electors", "--limit", limit)
    assert told == "--limit is a number from 1 to 1,000,000; another was given."


def test_that_there_are_more_is_said_only_where_there_are(index: sa.Engine) -> None:
    assert "Only the first" not in ask("electors", "--limit", "3").stdout
    assert "Only the first 2 are shown" in ask("electors", "--limit", "2").stdout
    assert len(json.loads(ask("electors", "--limit", "2", "--json").stdout)) == 2


def test_the_list_of_electors_breaks_no_word_and_says_where_they_moved_to(index: sa.Engine) -> None:
    lines = ask("electors").stdout.splitlines()
    assert max(len(line) for line in lines) <= WIDTH
    words = {word for line in lines for word in line.replace("│", " ").split()}
    assert {"Nobody", "another", "household", "probably", "open"} <= words
    assert {"100021066689", "E10001639", "RPVNMNNVQX6SB", "C0000000000000001"} <= words


@pytest.mark.parametrize("written", ["1984-06-02", "02/06/1984", "2.6.1984", "2 June 1984"])
def test_a_birth_date_on_a_form_is_read_day_first(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Form] = []

    def nobody(_: object, form: Form) -> dict[str, object]:
        asked.append(form)
        return {"finding": "nobody", "probability": None, "candidates": []}

    monkeypatch.setattr(applying, "match_form", nobody)
    ask("match", "--surname", "Okafor", "--forename", "Adaeze", "--birth-date", written, "--uprn", " 100 ")
    assert [(form.birth_date, form.uprn) for form in asked] == [("1984-06-02", "100")]


@pytest.mark.parametrize(
    "written", ["1984", "06/1984", "1984-06", "06/13/1984", "02/06/84", "2190-01-01", "x"]
)
def test_a_birth_date_that_is_no_whole_date_is_refused_and_not_answered_with_nobody(written: str) -> None:
    told = refusal("match", "--surname", "Okafor", "--forename", "Adaeze", "--birth-date", written)
    assert told.startswith("The birth date is no whole date")


@pytest.mark.parametrize("written", ["1234567890123", "12 34", "AB1", "-1", "1.0", "\u0661"])
def test_a_uprn_that_is_none_is_refused_and_not_answered_with_nobody(written: str) -> None:
    told = refusal("match", "--surname", "Okafor", "--forename", "Adaeze", f"--uprn={written}")
    assert told == "A UPRN has 1 to 12 digits and nothing else; something else was given."
