"""Answers of a survey in the database: a council's are replaced whole, others stay."""

from pathlib import Path

import sqlalchemy as sa

from linkage.products.survey import Survey, read_survey
from linkage.store.survey import maturity_history, read_survey_tables, replace_survey
from linkage.store.transaction import reading

HEADER = "council,respondent_group,respondent,characteristic,level\n"


def a_survey(folder: Path, rows: str) -> Survey:
    path = folder / "answers.csv"
    path.write_text(HEADER + rows)
    return read_survey(path)


def test_loading_again_replaces_the_answers_of_the_same_councils_only(
    engine: sa.Engine, tmp_path: Path
) -> None:
    first = a_survey(tmp_path, "Powys,officers,1,leadership,1\nNewport,officers,1,leadership,1\n")
    replace_survey(engine, first.answers, first.returns)
    second = a_survey(tmp_path, "Newport,members,5,open_data,3\n")
    assert replace_survey(engine, second.answers, second.returns) == ["Newport"]
    with reading(engine) as connection:
        answers, returns = read_survey_tables(connection)
        history = maturity_history(connection)
    told = answers[["council", "respondent_group", "respondent", "level"]].to_numpy().tolist()
    assert sorted(told) == [["Newport", "members", 5, 3], ["Powys", "officers", 1, 1]]
    assert len(returns) == 2
    assert history.empty
