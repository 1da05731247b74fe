"""Answers of a survey in the database: a council's are replaced whole, others stay."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from linkage.errors import SourceError
from linkage.products.survey import Survey, read_survey
from linkage.store.survey import (
    Loaded,
    forget_survey,
    maturity_history,
    read_survey_tables,
    replace_survey,
)
from linkage.store.transaction import reading

HEADER = "council,respondent_group,respondent,characteristic,level\n"


ASKED = "council,respondent_group,invited\n"


def a_survey(folder: Path, rows: str, invited: str | None = None) -> Survey:
    path, asked = folder / "answers.csv", folder / "invited.csv"
    path.write_text(HEADER + rows)
    if invited is not None:
        asked.write_text(ASKED + invited)
    return read_survey(path, None if invited is None else asked)


def load(engine: sa.Engine, survey: Survey) -> Loaded:
    return replace_survey(engine, survey.answers, survey.returns)


def stored_returns(engine: sa.Engine) -> list[list[object]]:
    with reading(engine) as connection:
        returns = read_survey_tables(connection)[1]
    told = returns.sort_values(["council", "respondent_group"]).astype(object)
    return (
        told.where(told.notna(), None)[["council", "respondent_group", "invited_count", "answered_count"]]
        .to_numpy()
        .tolist()
    )


def test_loading_again_replaces_the_answers_of_the_same_councils_only(
    engine: sa.Engine, tmp_path: Path
) -> None:
    first = a_survey(tmp_path, "Powys,officers,1,leadership,1\nNewport,officers,1,leadership,1\n")
    replace_survey(engine, first.answers, first.returns)
    second = a_survey(tmp_path, "Newport,members,5,open_data,3\n")
    loaded = replace_survey(engine, second.answers, second.returns)
    assert (loaded.councils, loaded.replaced_answers) == (["Newport"], 1)
    with reading(engine) as connection:
        answers, returns = read_survey_tables(connection)
        history = maturity_history(connection)
    told = answers[["council", "respondent_group", "respondent", "level"]].to_numpy().tolist()
    assert sorted(told) == [["Newport", "members", 5, 3], ["Powys", "officers", 1, 1]]
    assert len(returns) == 2
    assert history.empty


TWO_ASKED = "Newport,officers,8\nNewport,members,9\nPowys,officers,7\n"


def test_answers_loaded_without_counts_of_those_asked_keep_the_counts_loaded_before(
    engine: sa.Engine, tmp_path: Path
) -> None:
    load(engine, a_survey(tmp_path, "Newport,officers,1,leadership,1\n", TWO_ASKED))
    loaded = load(
        engine, a_survey(tmp_path, "Newport,officers,1,leadership,2\nNewport,officers,2,leadership,2\n")
    )
    assert loaded == Loaded(councils=["Newport"], replaced_answers=1, asked=[], kept_asked=["Newport"])
    assert stored_returns(engine) == [
        ["Newport", "members", 9, 0],
        ["Newport", "officers", 8, 2],
        ["Powys", "officers", 7, 0],
    ]


def test_counts_of_those_asked_are_replaced_for_the_councils_in_their_file_only(
    engine: sa.Engine, tmp_path: Path
) -> None:
    load(engine, a_survey(tmp_path, "Powys,officers,1,leadership,1\n", TWO_ASKED))
    loaded = load(engine, a_survey(tmp_path, "Newport,officers,1,leadership,2\n", "Powys,officers,4\n"))
    assert (loaded.asked, loaded.kept_asked, loaded.replaced_answers) == (["Powys"], ["Newport"], 0)
    assert stored_returns(engine) == [
        ["Newport", "members", 9, 0],
        ["Newport", "officers", 8, 1],
        ["Powys", "officers", 4, 1],
    ]


def test_more_answers_than_were_asked_by_counts_loaded_before_are_refused_and_all_stays(
    engine: sa.Engine, tmp_path: Path
) -> None:
    load(engine, a_survey(tmp_path, "Newport,officers,1,leadership,1\n", "Newport,officers,1\n"))
    with pytest.raises(SourceError, match="officers of Newport: more answered than were asked"):
        load(engine, a_survey(tmp_path, "Newport,officers,1,leadership,2\nNewport,officers,2,leadership,2\n"))
    assert stored_returns(engine) == [["Newport", "officers", 1, 1]]


def test_a_council_is_known_whatever_capitals_and_spaces_its_name_is_written_with(
    engine: sa.Engine, tmp_path: Path
) -> None:
    load(engine, a_survey(tmp_path, "Ynys Môn,officers,1,leadership,1\n"))
    loaded = load(
        engine, a_survey(tmp_path, " YNYS  MÔN ,officers,1,leadership,3\n", "ynys môn,officers,5\n")
    )
    assert (loaded.councils, loaded.asked, loaded.replaced_answers) == (["Ynys Môn"], ["Ynys Môn"], 1)
    assert stored_returns(engine) == [["Ynys Môn", "officers", 5, 1]]


def test_a_council_can_be_forgotten_and_others_stay(engine: sa.Engine, tmp_path: Path) -> None:
    load(engine, a_survey(tmp_path, "Newprt,officers,1,leadership,1\nPowys,officers,1,leadership,1\n"))
    assert forget_survey(engine, " newprt") == ("Newprt", 1)
    assert stored_returns(engine) == [["Powys", "officers", None, 1]]
    with pytest.raises(SourceError, match="No survey of that council is loaded"):
        forget_survey(engine, "Newprt")


def test_a_council_that_a_database_holds_by_two_spellings_becomes_one_with_the_next_load(
    engine: sa.Engine, tmp_path: Path
) -> None:
    load(engine, a_survey(tmp_path, "Newport,officers,1,leadership,1\nPowys,officers,1,leadership,1\n"))
    twice = (
        "INSERT INTO outcomes.survey_answer (council, respondent_group, respondent, characteristic, level) "
        "VALUES ('newport', 'officers', 1, 'leadership', 1)",
        "INSERT INTO outcomes.survey_return (council, respondent_group, answered_count) "
        "VALUES ('newport', 'officers', 1)",
    )
    with engine.begin() as connection:
        for statement in twice:
            connection.execute(sa.text(statement))
    load(engine, a_survey(tmp_path, "Powys,officers,1,leadership,2\n"))
    assert stored_returns(engine) == [["Newport", "officers", None, 1], ["Powys", "officers", None, 1]]
