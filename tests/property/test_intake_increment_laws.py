"""An extract taken in beside an earlier one gives what it gives alone: validate and standardise, on random edits."""

from dataclasses import astuple
from datetime import date

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from expectations import Precedent, ValidationContext, validate_source
from linkage.contracts.model import (
    AddressMapping,
    Condition,
    Contract,
    Extract,
    PersonMapping,
    Rule,
    SourceColumn,
)
from linkage.ingest import row_hashes, same_rows
from linkage.standardise import (
    EarlierRecords,
    read_gazetteer,
    standardise,
    standardise_beside,
    touched,
    touched_rows,
)
from linkage.standardise.gazetteer import GAZETTEER_COLUMNS

COLUMNS = ("ref", "part", "cell", "born", "ended", "uprn", "other")
DATES = (
    None,
    " ",
    "01/08/2026",
    "31/07/2026",
    "02/08/2026",
    "15/07/2026",
    "no date",
    "01/01/1900",
    "30/02/2026",
)
KEYS = st.sampled_from((None, " ", "1", " 1", "2", "3", "4", "1/2"))
ROW = st.tuples(
    KEYS,
    st.sampled_from(("1", "2", "2/3", None)),
    st.sampled_from((None, "", " ", "\u00a0", "A", "B", "AB", "a\x1fb")),
    st.sampled_from(DATES),
    st.sampled_from(DATES),
    st.sampled_from((None, "7", "07", "8", "9", "x")),
    st.sampled_from((None, "hide", "HIDE ", "x")),
)
DAYS = st.sampled_from((date(2026, 7, 15), date(2026, 8, 1), date(2026, 8, 2)))
UPRNS = st.sets(st.sampled_from(("7", "8", "9")), min_size=1).map(lambda known: pd.Index(sorted(known)))
COUNTS = st.sampled_from((None, 2, 3, 4, 8))


def rule(name: str, severity: str = "quarantine", **arguments: object) -> Rule:
    return Rule.model_validate({"name": name, "severity": severity, "arguments": arguments})


CONTRACT = Contract(
    source="permits", version="1", title="t", purpose="p", owner="o", cadence="c", retention="r",
    sensitivity="official", lawful_basis="l", sharing_protocol="s",
    extract=Extract(file_name="permits.csv", date_format="%d/%m/%Y"),
    columns=(
        SourceColumn(name="ref", key_position=1),
        SourceColumn(name="part", key_position=2),
        SourceColumn(name="cell", rules=(
            rule("in_set", values=["A", "B"]), rule("max_length", "warn", maximum=1),
            rule("matches", "warn", pattern="A+"), rule("not_null", "warn"),
            rule("in_set", "reject", values=["A"], max_share=0.4), rule("unique_key", "warn"),
        )),
        SourceColumn(name="born", rules=(
            rule("date_format"), rule("plausible_date", latest="snapshot"),
            rule("plausible_date", "warn", earliest="snapshot-1m", latest="snapshot+1d", max_share=0.3),
        )),
        SourceColumn(name="ended"),
        SourceColumn(name="uprn", rules=(rule("uprn_in_gazetteer"), rule("uprn_in_gazetteer", "warn", max_share=0.5))),
        SourceColumn(name="other"),
    ),
    rules=(
        rule("date_order", "warn", start="born", end="ended"), rule("row_count_min", "reject", minimum=3),
        rule("row_count_change", "reject", max_fall=0.4, max_rise=0.5), rule("unique_key", "reject", max_share=0.2),
    ),
    withhold_row_when=(Condition(column="other", values=("hide",)),),
)  # fmt: skip


@st.composite
def edited(draw: st.DrawFn, row: st.SearchStrategy) -> tuple[list, list]:
    """Rows of an extract, and of a later one that keeps most of them, in any order."""
    before = draw(st.lists(row, min_size=1, max_size=8))
    kept = [each for each in before if draw(st.integers(0, 4))]
    added = draw(st.lists(st.one_of(row, st.sampled_from(before)), max_size=3))
    after = kept + added
    return before, draw(st.permutations(after)) if draw(st.booleans()) else after


def raw_of(rows: list, day: date, columns: tuple[str, ...] = COLUMNS) -> pd.DataFrame:
    cells = pd.DataFrame(rows, columns=list(columns)).astype("string[pyarrow]")
    text = {"index": cells.index, "dtype": "string[pyarrow]"}
    meta = {
        "_source": pd.Series("permits", **text),
        "_snapshot_date": pd.Series(np.datetime64(day, "s"), index=cells.index, dtype="datetime64[s]"),
        "_row_number": np.arange(1, len(cells) + 1, dtype=np.int64),
        "_record_key": cells["ref"].fillna(""),
        "_file_sha256": pd.Series(f"{day:%d}" * 32, **text),
    }
    return pd.concat([pd.DataFrame(meta), cells], axis=1)


def places(now: pd.DataFrame, before: pd.DataFrame, columns: tuple[str, ...] = COLUMNS) -> np.ndarray:
    return same_rows(row_hashes(now, columns), row_hashes(before, columns))


def precedent_of(raw: pd.DataFrame, found, context: ValidationContext, now: pd.DataFrame) -> Precedent:
    return Precedent(
        snapshot_date=context.snapshot_date,
        gazetteer_uprns=context.gazetteer_uprns,
        checks=tuple(found.checks),
        failing=found.failing,
        row_count=len(raw),
        place=places(now, raw),
    )


def plain(ref: str, *, cell: str = "A", born: str = "01/01/2000", uprn: str = "7") -> tuple[str | None, ...]:
    return (ref, "1", cell, born, None, uprn, None)


FEW_ROWS = [plain("1"), plain("2"), plain("3"), plain("4")]
LATE = [*FEW_ROWS, plain("8", born="01/08/2026")]
TWICE = [plain("1", cell="B"), plain("1"), plain("2"), plain("3"), plain("4")]
ONE_DAY = (date(2026, 8, 1), date(2026, 8, 1))
SAME = (pd.Index(["7"]), pd.Index(["7"]))
NO_COUNTS = (None, None)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@example(rows=(LATE, LATE), days=(date(2026, 7, 15), date(2026, 8, 1)), uprns=SAME, counts=NO_COUNTS)
@example(rows=(TWICE, TWICE[1:]), days=ONE_DAY, uprns=SAME, counts=NO_COUNTS)
@example(rows=(TWICE, TWICE[::-1]), days=ONE_DAY, uprns=SAME, counts=NO_COUNTS)
@example(rows=(FEW_ROWS, FEW_ROWS), days=ONE_DAY, uprns=(pd.Index(["7"]), pd.Index(["8"])), counts=NO_COUNTS)
@example(rows=(FEW_ROWS, FEW_ROWS[:2]), days=ONE_DAY, uprns=SAME, counts=(4, 4))
@example(rows=(FEW_ROWS, FEW_ROWS), days=ONE_DAY, uprns=SAME, counts=(8, 4))
@given(
    rows=edited(ROW),
    days=st.tuples(DAYS, DAYS),
    uprns=st.tuples(UPRNS, UPRNS),
    counts=st.tuples(COUNTS, COUNTS),
)
def test_an_extract_validated_beside_an_earlier_one_is_found_as_it_is_found_alone(
    rows, days, uprns, counts
) -> None:
    before, after = (raw_of(each, day) for each, day in zip(rows, days, strict=True))
    then, now = (
        ValidationContext(day, known, count) for day, known, count in zip(days, uprns, counts, strict=True)
    )
    precedent = precedent_of(before, validate_source(before, CONTRACT, then), then, after)
    alone = validate_source(after, CONTRACT, now)
    beside = validate_source(after, CONTRACT, now, precedent=precedent)
    for table in ("valid", "quarantined", "faults", "failing"):
        pd.testing.assert_frame_equal(getattr(beside, table), getattr(alone, table), obj=table)
    assert [astuple(check) for check in beside.checks] == [astuple(check) for check in alone.checks]
    assert (beside.withheld_count, beside.warned_count) == (alone.withheld_count, alone.warned_count)


PEOPLE_COLUMNS = ("ref", "names", "line", "postcode", "uprn", "born", "ended", "other")
PERSON_ROW = st.tuples(
    st.uuids().map(str),
    st.sampled_from(("SMITH, MR J & MRS P", "J SMITH & P JONES", "THE OCCUPIER", None)),
    st.sampled_from(
        ("12 HIGH ST", "FLAT A, 12 HIGH STREET", "12A HIGH ST, NORBRIDGE", "13 HIGH ST", "FLAT B, 12 HIGH ST")
    ),
    st.sampled_from(("NX1 2AB", "NX1 2AC", None)),
    st.sampled_from((None, "1", "2", "3", "5", "6")),
    st.sampled_from((*DATES, "01/08/08", "05/2026", "03/08/2008")),
    st.sampled_from(DATES),
    st.sampled_from((None, "hide", "x")),
)  # fmt: skip
ADDRESS = AddressMapping(lines=("line",), postcode="postcode", uprn="uprn")
PEOPLE = Contract(
    source="council_tax", version="1", title="t", purpose="p", owner="o", cadence="c", retention="r",
    sensitivity="official", lawful_basis="l", sharing_protocol="s",
    extract=Extract(file_name="f", date_format="%d/%m/%Y"),
    columns=tuple(SourceColumn(name=name) for name in PEOPLE_COLUMNS),
    people=(
        PersonMapping(role="lead", joint_name="names", address=ADDRESS, birth_date="born", end_date="ended"),
        PersonMapping(
            role="other", surname="names", birth_date="ended", start_date="born", death_date="born", age_group="adult",
            address=AddressMapping(lines=("line",), uprn="uprn"), address_when=Condition(column="other", values=("x",)),
            live_when=Condition(column="other", values=("x",)),
        ),
    ),
    withhold_address_when=(Condition(column="other", values=("hide",)),),
)  # fmt: skip
PROPERTY = {
    "LOGICAL_STATUS": "1", "LPI_STATUS": "1", "LANGUAGE": "ENG", "STREET": "HIGH STREET", "PAO_START_NUMBER": "12",
    "POSTCODE_LOCATOR": "NX1 2AB", "CLASSIFICATION_CODE": "RD06", "TOWN": "NORBRIDGE",
}  # fmt: skip
CHANGES = (
    {"UPRN": "1"},
    {"UPRN": "2", "PARENT_UPRN": "1", "SAO_TEXT": "FLAT A"},
    {"UPRN": "3", "PARENT_UPRN": "1", "SAO_TEXT": "FLAT B"},
    {"UPRN": "3", "PAO_START_NUMBER": "13"},
    {"UPRN": "4", "PAO_START_NUMBER": "13", "POSTCODE_LOCATOR": "NX1 2AC"},
    {"UPRN": "5", "LOGICAL_STATUS": "8", "SUCCESSOR": "2"},
    {"UPRN": "6", "LOGICAL_STATUS": "8", "SUCCESSOR": "5"},
    {"UPRN": "5", "LOGICAL_STATUS": "8", "SUCCESSOR": "4"},
    {"UPRN": "1", "CLASSIFICATION_CODE": "RI02"},
    {"UPRN": "4", "TOWN": "UPTON"},
)
GAZETTEERS = st.sets(st.integers(0, len(CHANGES) - 1), min_size=1).map(
    lambda chosen: read_gazetteer(
        pd.DataFrame(
            [PROPERTY | CHANGES[at] | {"LPI_KEY": f"{at:02}"} for at in sorted(chosen)],
            columns=GAZETTEER_COLUMNS,
        ).astype("string[pyarrow]")
    )
)


def earlier_records(before, after, gazetteers, days) -> EarlierRecords:
    """What the earlier extract gave, of rows that neither the edits nor the gazetteer have touched."""
    records = standardise(before, PEOPLE, gazetteers[0], snapshot_date=days[0])
    place = places(after, before, PEOPLE_COLUMNS)
    by = touched(gazetteers[1], gazetteers[0])
    is_touched = True if by is None else touched_rows(after, PEOPLE, by)
    return EarlierRecords(records, days[0], np.where(is_touched, 0, place + 1))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=edited(PERSON_ROW),
    days=st.tuples(DAYS, DAYS),
    gazetteers=st.tuples(GAZETTEERS, GAZETTEERS),
    data=st.data(),
)
def test_records_made_beside_earlier_ones_are_those_made_alone(rows, days, gazetteers, data) -> None:
    if data.draw(st.booleans()):
        gazetteers = (gazetteers[0], gazetteers[0])
    before, after = (
        raw_of(each, day, PEOPLE_COLUMNS).drop_duplicates("_record_key").reset_index(drop=True)
        for each, day in zip(rows, days, strict=True)
    )
    earlier = earlier_records(before, after, gazetteers, days)
    alone = standardise(after, PEOPLE, gazetteers[1], snapshot_date=days[1])
    beside = standardise_beside(after, PEOPLE, lambda: gazetteers[1], snapshot_date=days[1], earlier=earlier)
    pd.testing.assert_frame_equal(beside, alone)
