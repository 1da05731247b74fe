"""Answers of a survey, read from files that anybody may have written: every fault is told, or all of it is taken."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

import pandas as pd

from linkage.council_names import first_spelling
from linkage.errors import SourceError
from linkage.products.survey.rules import GROUPS, INTEGRATED, LEVELS, load_survey_rules
from linkage.schema import SURVEY_ANSWER, SURVEY_RETURN, conform

ANSWERS = ("council", "respondent_group", "respondent", "characteristic", "level")
INVITED = ("council", "respondent_group", "invited")
LARGEST_FILE = 20_000_000
"""Bytes: a hundred times what 22 councils answer."""
COUNCIL = r"[^\W\d_][\w .,'\u2019&()-]{1,79}"
"""A council's name begins with a letter, so that no spreadsheet takes it for a formula."""
NUMBER = r"[0-9]{1,6}"
UNEVEN = "it has more or fewer cells than there are columns"
MOST_TOLD = 20
"""Faults told one by one; of more, how many there are."""

Check = tuple["pd.Series[bool]", str]
"""Rows at fault, and the words for it."""
Fault = tuple[int, str]
"""A line, and what is wrong with it."""


@dataclass(frozen=True)
class Survey:
    """What a survey brought.

    Attributes:
        answers: Conforms to `SURVEY_ANSWER`.
        returns: Conforms to `SURVEY_RETURN`: each group that was asked or answered.
    """

    answers: pd.DataFrame
    returns: pd.DataFrame


def read_survey(answers: Path, invited: Path | None = None) -> Survey:
    """The answers, and how many were asked.

    Args:
        answers: CSV in UTF-8 with the columns of `ANSWERS`: a row an answer, a respondent a number and never a name.
        invited: CSV in UTF-8 with the columns of `INVITED`: a row a group of a council.

    Raises:
        SourceError: A file is no such file, or any row is at fault. The message lists lines and columns; it repeats no
            value.
    """
    given, uneven = _rows(answers, ANSWERS)
    asked, uneven_asked = _rows(invited, INVITED) if invited is not None else _nobody_said()
    given = given.assign(council=first_spelling(given["council"], given["council"]))
    asked = asked.assign(council=first_spelling(asked["council"], given["council"]))
    wrong, wrong_asked = _faults(given, _answer_checks), _faults(asked, _invited_checks)
    faults = [
        *_told([*uneven, *wrong], answers.name),
        *_told([*uneven_asked, *wrong_asked], invited.name if invited else ""),
        # What is at fault is told above; of the rest, more answers than were asked is one more.
        *_more_than_asked(_sound(given, wrong), _sound(asked, wrong_asked), invited.name if invited else ""),
    ]
    if faults:
        told = "; ".join(faults[:MOST_TOLD])
        rest = f"; and {len(faults) - MOST_TOLD:,} more" if len(faults) > MOST_TOLD else ""
        raise SourceError(
            f"The survey was not loaded, nothing of it: {told}{rest}. See docs/how-to/measure-maturity.md."
        )
    return Survey(conform(_typed(given[list(ANSWERS)]), SURVEY_ANSWER), _returns(given, asked))


def _rows(path: Path, columns: Sequence[str]) -> tuple[pd.DataFrame, list[Fault]]:
    """Rows of a file as text, with `_line`, the line of the file that each is on; and the fault of any other.

    Raises:
        SourceError: The file as a whole is at fault.
    """
    text = _text(path)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        # A cell may span lines, so that rows and lines are not numbered alike.
        lines = [(reader.line_num, row) for row in reader]
    except csv.Error:
        raise SourceError(
            f"{path.name} is not a CSV file: a quote is not closed, or a cell is too long."
        ) from None
    filled = [(number, row) for number, row in lines if any(cell.strip() for cell in row)]
    if not filled:
        raise SourceError(f"{path.name} is empty. Expected the columns {', '.join(columns)}.")
    header = [cell.strip() for cell in filled[0][1]]
    if sorted(header) != sorted(columns):
        raise SourceError(
            f"{path.name} has other columns than expected. Expected {', '.join(columns)}, once each."
        )
    if len(filled) == 1:
        raise SourceError(f"{path.name} has a header and no row.")
    even = [(number, row) for number, row in filled[1:] if len(row) == len(header)]
    uneven = [(number, UNEVEN) for number, row in filled[1:] if len(row) != len(header)]
    frame = pd.DataFrame([row for _, row in even], columns=header, dtype=object)
    cells = frame.apply(lambda column: column.astype(object).str.strip())
    taken: pd.DataFrame = cells[list(columns)]
    return taken.assign(_line=[number for number, _ in even]), uneven


def _nobody_said() -> tuple[pd.DataFrame, list[Fault]]:
    return pd.DataFrame(columns=["_line", *INVITED], dtype=object), []


def _text(path: Path) -> str:
    try:
        content = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else None
    except OSError as error:
        raise SourceError(f"{path.name} cannot be opened: {error.strerror}.") from None
    if content is None:
        raise SourceError(f"{path.name} is larger than {LARGEST_FILE:,} bytes: not the answers of a survey.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(f"{path.name} is not in UTF-8. Save it as CSV UTF-8.") from None
    if "\0" in text:
        raise SourceError(
            f"{path.name} holds bytes that are no text: a workbook, perhaps. Save it as CSV UTF-8."
        )
    return text


def _answer_checks(rows: pd.DataFrame) -> list[Check]:
    asked = load_survey_rules().asked
    is_integrated = rows["characteristic"].eq(INTEGRATED)
    return [
        *_place_checks(rows),
        (
            ~rows["respondent"].str.fullmatch(NUMBER),
            "respondent is no number from 0 to 999999; never give a name",
        ),
        (is_integrated, f"characteristic {INTEGRATED} is measured, and nobody is asked about it"),
        (
            ~rows["characteristic"].isin(asked) & ~is_integrated,
            f"characteristic is none of {', '.join(asked)}",
        ),
        (~rows["level"].isin([str(level) for level in LEVELS]), "level is not 1, 2 or 3"),
        (_repeats(rows, ANSWERS[:4]), "this respondent has answered this before"),
    ]


def _invited_checks(rows: pd.DataFrame) -> list[Check]:
    return [
        *_place_checks(rows),
        (~rows["invited"].str.fullmatch(NUMBER), "invited is no number from 0 to 999999"),
        (_repeats(rows, INVITED[:2]), "this group of this council stands twice"),
    ]


def _place_checks(rows: pd.DataFrame) -> list[Check]:
    return [
        (~rows["council"].str.fullmatch(COUNCIL), "council is no name of 2 to 80 letters"),
        (~rows["respondent_group"].isin(GROUPS), f"respondent_group is none of {', '.join(GROUPS)}"),
    ]


def _repeats(rows: pd.DataFrame, names: Sequence[str]) -> "pd.Series[bool]":
    """Rows that say again what an earlier one says; 7 and 007 are one respondent."""
    keys = rows[list(names)].copy()
    if "respondent" in keys:
        keys["respondent"] = keys["respondent"].str.replace(r"^0+(?=.)", "", regex=True)
    return keys.duplicated()


def _faults(rows: pd.DataFrame, checks: Callable[[pd.DataFrame], list[Check]]) -> list[Fault]:
    if rows.empty:
        return []
    return [
        (line, words)
        for wrong, words in checks(rows)
        for line in rows.loc[wrong.astype(bool), "_line"].tolist()
    ]


def _sound(rows: pd.DataFrame, wrong: Sequence[Fault]) -> pd.DataFrame:
    return rows[~rows["_line"].isin([line for line, _ in wrong])]


def _told(faults: Sequence[Fault], name: str) -> list[str]:
    return [f"{name} line {line}: {words}" for line, words in sorted(faults, key=itemgetter(0))]


def _more_than_asked(given: pd.DataFrame, asked: pd.DataFrame, name: str) -> list[str]:
    returns = _returns(given, asked)
    over = returns[returns["answered_count"] > returns["invited_count"].fillna(returns["answered_count"])]
    lines = asked.merge(over[["council", "respondent_group"]].astype(object))["_line"]
    return [f"{name} line {line}: more of this group answered than were asked" for line in lines]


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    numbers = {
        name: rows[name].astype("int64") for name in ("respondent", "level", "invited") if name in rows
    }
    return rows.assign(**numbers)


def _returns(given: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    place = ["council", "respondent_group"]
    answered = _typed(given[list(ANSWERS)]).groupby(place)["respondent"].nunique().rename("answered_count")
    invited = _typed(asked[list(INVITED)]).set_index(place)["invited"].rename("invited_count")
    both = pd.concat([invited, answered], axis=1).astype("Int64").reset_index(names=place)
    both["answered_count"] = both["answered_count"].fillna(0)
    return conform(both.sort_values(place), SURVEY_RETURN)
