"""Answers of a survey: hostile files are refused whole, and levels follow the stated rules."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import SettingsError, SourceError
from linkage.products.survey import (
    INTEGRATED,
    Survey,
    characteristic_levels,
    load_survey_rules,
    maturity_document,
    maturity_page,
    read_survey,
    response_rates,
    survey_sensitivity,
)
from linkage.products.survey import rules as survey_rules
from linkage.products.survey.levels import IN_WORDS
from linkage.schema import MATURITY_SCORE, conform, empty
from sample_data.generator.survey import write_survey

SAMPLE = Path(__file__).parents[3] / "sample_data" / "survey"
HEADER = "council,respondent_group,respondent,characteristic,level\n"
ASKED = "council,respondent_group,invited\n"
FAULTS_BY_LINE = [
    ("answers.csv", 2),
    ("answers.csv", 3),
    ("answers.csv", 4),
    ("invited.csv", 2),
    ("invited.csv", 3),
]
HISTORY = pd.DataFrame(columns=["run_id", "snapshot_date", "theme", "level", "basis"])


def a_survey(
    folder: Path, answers: str | bytes, invited: str | None = None, *, header: str = HEADER
) -> Survey:
    given_answers, asked = folder / "answers.csv", folder / "invited.csv"
    given_answers.write_bytes(answers if isinstance(answers, bytes) else (header + answers).encode())
    if invited is not None:
        asked.write_text(ASKED + invited)
    return read_survey(given_answers, None if invited is None else asked)


def levels_of(survey: Survey, scores: pd.DataFrame | None = None, council: str = "Newport") -> pd.DataFrame:
    return characteristic_levels(
        survey.answers,
        survey.returns,
        empty(MATURITY_SCORE) if scores is None else scores,
        run_id="r",
        own_council=council,
    )


def some_scores() -> pd.DataFrame:
    rows = [
        {
            "run_id": "r",
            "theme": theme,
            "level": 2,
            "basis": "mixed",
            "rule": "Rule.",
            "evidence": "E.",
            "lift": "L.",
        }
        for theme in ("applying_for_services", "duplication", "overall")
    ]
    return conform(pd.DataFrame(rows), MATURITY_SCORE)


def answers_of(group: str, levels: list[int], council: str = "Newport") -> str:
    return "".join(f"{council},{group},{n},leadership,{level}\n" for n, level in enumerate(levels, 1))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("Newport,cleaners,1,leadership,2\n", "line 2: respondent_group is none of officers, members"),
        ("Newport,officers,1,leadership,4\n", "line 2: level is not 1, 2 or 3"),
        ("Newport,officers,1,leadership,\n", "line 2: level is not 1, 2 or 3"),
        ("Newport,officers,1,leadership,2.0\n", "line 2: level is not 1, 2 or 3"),
        ("Newport,officers,Ann Smith,leadership,2\n", "line 2: respondent is no number"),
        ("Newport,officers,-1,leadership,2\n", "line 2: respondent is no number"),
        ("Newport,officers,1,happiness,2\n", "line 2: characteristic is none of"),
        (
            "Newport,officers,1,integrated_customer_data,2\n",
            "line 2: characteristic integrated_customer_data is measured",
        ),
        ("=cmd|' /C calc'!A0,officers,1,leadership,2\n", "line 2: council is no name"),
        ("@SUM(A1),officers,1,leadership,2\n", "line 2: council is no name"),
        (",officers,1,leadership,2\n", "line 2: council is no name"),
        (
            "Newport,officers,7,leadership,2\nNewport,officers,007,leadership,3\n",
            "line 3: this respondent has answered",
        ),
    ],
)
def test_a_row_at_fault_is_told_by_its_line_and_nothing_is_loaded(
    tmp_path: Path, row: str, told: str
) -> None:
    with pytest.raises(SourceError, match=told) as caught:
        a_survey(tmp_path, row)
    assert "Ann" not in str(caught.value)
    assert "calc" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (HEADER.encode(), "has a header and no row"),
        (b"council,level\nNewport,2\n", "has other columns"),
        (HEADER.replace("level", "council").encode() + b"a,b,c,d,e\n", "has other columns"),
        (HEADER.encode() + b"Newport,officers,1,leadership\n", "line 2: it has more or fewer cells"),
        (HEADER.encode() + b'"Newport,officers,1,leadership,2\n', "is not a CSV file"),
        (HEADER.encode() + "Ynys Môn,officers,1,leadership,2\n".encode("cp1252"), "is not in UTF-8"),
        (HEADER.encode("utf-16"), "is not in UTF-8"),
        (b"PK\x03\x04\0\0", "holds bytes that are no text"),
    ],
)
def test_a_file_at_fault_as_a_whole_is_told_in_one_sentence(
    tmp_path: Path, content: bytes, told: str
) -> None:
    with pytest.raises(SourceError, match=told):
        a_survey(tmp_path, content)


def test_every_fault_is_told_by_its_line_also_when_a_row_is_short(tmp_path: Path) -> None:
    rows = "Newport,cleaners,1,leadership,2\nNewport,officers,1\nNewport,officers,1,leadership,4\n"
    with pytest.raises(SourceError) as caught:
        a_survey(tmp_path, rows, "Newport,officers,many\nNewport,members\n")
    told = str(caught.value)
    faults = [told.find(f"{name} line {n}:") for name, n in FAULTS_BY_LINE]
    assert -1 not in faults
    assert faults == sorted(faults)


def test_a_line_is_that_of_the_file_also_after_a_cell_that_spans_two(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"answers.csv line 4: level is not 1, 2 or 3"):
        a_survey(tmp_path, '"Newport\n",officers,1,leadership,2\nNewport,officers,2,leadership,4\n')


def test_more_answers_than_were_asked_are_told_beside_other_faults(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"answers.csv line 4: .*; invited.csv line 2: more of this group answered"
    ):
        a_survey(
            tmp_path,
            answers_of("officers", [1, 2]) + "Newport,officers,3,leadership,9\n",
            "Newport,officers,1\n",
        )


def test_a_council_written_in_two_ways_is_one_council_by_its_first_spelling(tmp_path: Path) -> None:
    rows = "Newport,officers,1,leadership,2\n newPORT ,officers,2,leadership,2\n"
    survey = a_survey(tmp_path, rows, "NEWPORT,officers,4\n")
    assert survey.returns.to_numpy().tolist() == [["Newport", "officers", 4, 2]]
    with pytest.raises(SourceError, match="line 3: this respondent has answered this before"):
        a_survey(tmp_path, rows.replace(",2,leadership", ",1,leadership"))


def test_every_fault_is_counted_and_only_the_first_are_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="; and 30 more") as caught:
        a_survey(tmp_path, "".join(f"Newport,officers,{n},leadership,9\n" for n in range(50)))
    assert len(str(caught.value)) < 3000


def test_a_file_that_is_huge_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "answers.csv").open("wb") as file:
        file.truncate(30_000_000)
    with pytest.raises(SourceError, match="is larger than"):
        read_survey(tmp_path / "answers.csv")


def test_more_answers_than_were_asked_is_a_fault(tmp_path: Path) -> None:
    asked = "Newport,members,9\nNewport,officers,1\n"
    with pytest.raises(SourceError, match=r"invited\.csv line 3: more of this group answered") as caught:
        a_survey(tmp_path, answers_of("officers", [1, 2]), asked)
    assert "Newport" not in str(caught.value)


@given(st.binary(max_size=200))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(HEADER.encode() + content)
    try:
        found = len(read_survey(path).answers)
    except SourceError:
        found = -1
    assert found != 0


def test_the_sample_is_what_its_generator_writes(tmp_path: Path) -> None:
    write_survey(tmp_path)
    for name in ("answers.csv", "invited.csv"):
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes()


def test_response_rates_are_those_of_the_report() -> None:
    survey = read_survey(SAMPLE / "answers.csv", SAMPLE / "invited.csv")
    rates = response_rates(survey.returns)
    vale = rates[rates["council"].eq("Vale of Glamorgan")].set_index("respondent_group")
    counts = vale[["answered_count", "invited_count"]].to_numpy().tolist()
    assert counts == [[33, 55], [7, 47], [40, 102]]
    assert (vale["share"] * 100).round().tolist() == [60, 15, 39]
    assert rates["council"].nunique() == 23


def test_a_level_is_the_lower_of_what_officers_and_members_see(tmp_path: Path) -> None:
    text = answers_of("officers", [3, 3, 3, 3, 3]) + answers_of("members", [1, 2, 2, 2, 3])
    found = levels_of(a_survey(tmp_path, text, "Newport,officers,8\nNewport,members,8\n")).set_index(
        "characteristic"
    )
    assert found.loc["leadership", "level"] == 2
    assert (
        "Officers: 5 answered of 8 asked (62%); the middle answer was 3."
        in found.loc["leadership", "evidence"]
    )
    assert found.loc["data_protection", "evidence"] == "Too few answered to give a level. Nobody answered."


def test_a_group_of_which_too_few_answered_is_told_and_does_not_count(tmp_path: Path) -> None:
    text = answers_of("officers", [3, 3, 3, 3, 3]) + answers_of("members", [1, 1, 1, 1, 1])
    found = levels_of(a_survey(tmp_path, text, "Newport,officers,8\nNewport,members,80\n")).set_index(
        "characteristic"
    )
    assert found.loc["leadership", "level"] == 3
    assert "Members: 5 answered of 80 asked (6%), too few to count" in found.loc["leadership", "evidence"]


def few_members(folder: Path, said: int) -> Survey:
    """Three members answered, all the same, beside officers of whom enough did."""
    text = answers_of("officers", [2, 2, 2, 2]) + answers_of("members", [said] * 3)
    text += "".join(f"Newport,officers,{n},open_data,2\n" for n in range(1, 7))
    return a_survey(folder, text, "Newport,officers,8\nNewport,members,4\n")


def test_what_too_few_people_said_is_told_by_nothing(tmp_path: Path) -> None:
    low, high = few_members(tmp_path, 1), few_members(tmp_path, 3)
    pd.testing.assert_frame_equal(levels_of(low), levels_of(high))
    by_rule = [survey_sensitivity(survey.answers, survey.returns) for survey in (low, high)]
    pd.testing.assert_frame_equal(*by_rule)
    of_few = by_rule[0][by_rule[0]["characteristic"].eq("leadership")]
    assert of_few["level"].isna().all()
    evidence = levels_of(low).set_index("characteristic").loc["leadership", "evidence"]
    assert "Members: 3 answered of 4 asked (75%), too few to show what they said." in evidence


@pytest.fixture
def rules_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the rules that a test may edit; the shipped ones hold again after it."""
    copy = tmp_path / "survey.yaml"
    copy.write_bytes(survey_rules.RULES_FILE.read_bytes())
    monkeypatch.setattr(survey_rules, "RULES_FILE", copy)
    load_survey_rules.cache_clear()
    yield copy
    load_survey_rules.cache_clear()


def edited(path: Path, group_rule: str, council_rule: str) -> None:
    text = path.read_text("utf-8").replace("rule: middle", f"rule: {group_rule}")
    path.write_text(text.replace("rule: lowest", f"rule: {council_rule}"), "utf-8")


@pytest.mark.parametrize(
    ("group_rule", "council_rule", "level"),
    [
        ("middle", "lowest", 2),
        ("mean", "lowest", 1),
        ("mean", "mean", 2),
        ("lower_quarter", "lowest", 1),
        ("middle", "officers", 3),
    ],
)
def test_the_rule_that_the_file_chooses_gives_the_level(
    tmp_path: Path, rules_file: Path, group_rule: str, council_rule: str, level: int
) -> None:
    edited(rules_file, group_rule, council_rule)
    text = answers_of("officers", [3, 3, 3, 1, 1]) + answers_of("members", [1, 2, 2, 2, 2])
    survey = a_survey(tmp_path, text, "Newport,officers,8\nNewport,members,8\n")
    found = levels_of(survey).set_index("characteristic").loc["leadership"]
    said = survey_sensitivity(survey.answers, survey.returns)
    chosen = said[said["is_chosen"]]
    assert found["level"] == level
    assert chosen["level"].tolist() == [level]
    assert not chosen["differs"].any()
    assert found["rule"].startswith(IN_WORDS[chosen["rule"].iloc[0]])


@pytest.mark.parametrize(
    ("group_rule", "council_rule", "told"),
    [
        ("guess", "lowest", "group_rule.rule: Input should be 'middle', 'mean' or 'lower_quarter'"),
        ("lower_quarter", "mean", "that go together: middle with lowest"),
    ],
)
def test_rules_that_nobody_knows_or_that_do_not_go_together_are_refused(
    rules_file: Path, group_rule: str, council_rule: str, told: str
) -> None:
    edited(rules_file, group_rule, council_rule)
    with pytest.raises(SettingsError, match=told):
        load_survey_rules()


def test_a_level_of_officers_only_is_said_to_be_so_beside_it(tmp_path: Path) -> None:
    text = answers_of("officers", [3, 3, 3, 3, 3]) + answers_of("members", [1, 1, 1, 1, 1])
    few, enough = (
        a_survey(tmp_path, text, f"Newport,officers,8\nNewport,members,{asked}\n") for asked in (80, 8)
    )
    documents = [
        maturity_document(
            council="Newport",
            run_id="r",
            levels=levels_of(survey),
            scores=empty(MATURITY_SCORE),
            history=HISTORY,
            answers=survey.answers,
            returns=survey.returns,
        )
        for survey in (few, enough)
    ]
    assert [document["councils"][0]["heard"] for document in documents] == [
        {"leadership": "officers only"},
        {},
    ]
    pages = [maturity_page(document) for document in documents]
    assert "level 3 of 3, officers only" in pages[0]
    assert "level 1 of 3 <" in pages[1]


@pytest.mark.parametrize("invited", [None, "Newport,officers,40\n"])
def test_too_few_answers_give_no_level(tmp_path: Path, invited: str | None) -> None:
    found = levels_of(a_survey(tmp_path, answers_of("officers", [3] * 9), invited))
    assert found["level"].isna().all()


def test_integrated_customer_data_is_measured_for_the_own_council_only(tmp_path: Path) -> None:
    text = answers_of("officers", [2] * 6) + answers_of("officers", [2] * 6, council="Powys")
    found = levels_of(a_survey(tmp_path, text), some_scores())
    own = found[found["characteristic"].eq(INTEGRATED)].set_index("council")
    assert own["level"].astype(object).where(own["level"].notna(), None).to_dict() == {
        "Newport": 2,
        "Powys": None,
    }


def test_other_rules_say_other_things_of_the_same_answers(tmp_path: Path) -> None:
    text = answers_of("officers", [3, 3, 3, 1, 1]) + answers_of("members", [1, 2, 2, 2, 2])
    survey = a_survey(tmp_path, text, "Newport,officers,8\nNewport,members,8\n")
    said = survey_sensitivity(survey.answers, survey.returns).set_index("rule")["level"].to_dict()
    assert said == {
        "lowest_middle": 2,
        "lowest_mean": 1,
        "mean": 2,
        "all_together": 2,
        "lower_quarter": 1,
        "officers": 3,
        "members": 2,
        "however_few": 2,
    }


def test_the_page_tells_all_seven_loads_nothing_and_escapes_names(tmp_path: Path) -> None:
    survey = a_survey(tmp_path, answers_of("officers", [2] * 6), "Newport,officers,8\n")
    scores = some_scores()
    history = scores[["run_id", "theme", "level", "basis"]].assign(snapshot_date="2026-10-01")
    document = maturity_document(
        council="<b>Newport</b>",
        run_id="r",
        levels=levels_of(survey, scores, "<b>Newport</b>"),
        scores=scores,
        history=history,
        answers=survey.answers,
        returns=survey.returns,
    )
    page = maturity_page(document)
    titles = [characteristic.title for characteristic in load_survey_rules().characteristics.values()]
    assert [title for title in titles if title not in page] == []
    assert "<b>Newport</b>" not in page
    assert not any(loads in page for loads in ("<script", "src=", "http://", "https://", "@import"))
    assert "1 October 2026" in page
    assert "6 of 8 (75%)" in page


def test_the_page_says_what_is_missing_before_anything_is_known() -> None:
    survey = Survey(empty_answers := read_survey(SAMPLE / "answers.csv").answers.iloc[:0], pd.DataFrame())
    returns = read_survey(SAMPLE / "answers.csv").returns.iloc[:0]
    levels = characteristic_levels(
        survey.answers, returns, empty(MATURITY_SCORE), run_id="r", own_council="Newport"
    )
    document = maturity_document(
        council="Newport",
        run_id="r",
        levels=levels,
        scores=empty(MATURITY_SCORE),
        history=HISTORY,
        answers=empty_answers,
        returns=returns,
    )
    page = maturity_page(document)
    assert "No survey has been loaded" in page
    assert "No run has measured it yet" in page
