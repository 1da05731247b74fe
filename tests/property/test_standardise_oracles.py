"""Fast paths of standardise give what the slow, plain way gives, text by text."""

from datetime import date

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from linkage.reference import read_reference, reference_map
from linkage.standardise.address_parts import ends_of, read_parts
from linkage.standardise.address_text import _expand, _no_repeats
from linkage.standardise.dates import OLDEST_YEARS, dates, read_date
from linkage.standardise.emails import _valid, _valid_in_form
from linkage.standardise.phones import _e164, _international
from linkage.standardise.registry import PIPELINES
from linkage.standardise.steps import Step, apply_steps

TODAY = date(2026, 8, 1)
WORDS = st.sampled_from(
    ["RD", "ST", "STREET", "HIGH", "12", "12A", "GND", "FLR", "APT", "-", "NX1", "ST-", "1ST", "A"]
)
LINES = st.lists(st.one_of(WORDS, st.sampled_from([",", ",,", " ", ""])), max_size=8).map(" ".join)
STEPS = {
    (step.name, step.only): step for steps in PIPELINES.values() for step in steps if step.only is not None
}


def both(step, texts: list[str]) -> list[str | None]:
    return step(pa.array(texts, pa.string())).to_pylist()


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.name)
@settings(max_examples=150, deadline=None)
@given(text=st.text(st.sampled_from("AO01 -MC'BEN,&9+7. \tJR"), max_size=14))
def test_a_step_changes_no_text_that_it_does_not_ask_for(step: Step, text: str) -> None:
    given_text = pa.array([text], pa.string())
    assert apply_steps(given_text, [step]).to_pylist() == step.run(given_text).to_pylist()


def expanded(text: str) -> str:
    """Line by line, word by word."""
    standard = reference_map("address_words", "word", "standard")
    lines = []
    for words in (part.split() for part in text.split(",")):
        full = [standard.get(word, word) for word in words]
        if len(words) > 1 and words[-1] == "ST" and not words[-2].isdigit():
            full[-1] = "STREET"
        lines.append(" ".join(full))
    return ", ".join(line for line in lines if line)


@settings(max_examples=400, deadline=None)
@given(texts=st.lists(LINES, max_size=4))
@example(["A ST ST", "12 ST", "ST", "12 ST, A ST", "A  ST ,B"])
def test_words_of_addresses_are_written_in_full_as_word_by_word(texts: list[str]) -> None:
    assert both(_expand, texts) == [expanded(text) for text in texts]


@settings(max_examples=300, deadline=None)
@given(
    texts=st.lists(st.lists(st.sampled_from(["A", "B", "A B", ""]), max_size=5).map(", ".join), max_size=4)
)
def test_lines_said_twice_are_left_out_as_line_by_line(texts: list[str]) -> None:
    lines = [text.rstrip(" ,").split(", ") for text in texts]
    expected = [", ".join(line for i, line in enumerate(given) if line not in given[:i]) for given in lines]
    assert both(_no_repeats, texts) == expected


LOCAL = st.text(st.sampled_from('ab.+_-"@ (é'), max_size=8)
DOMAIN = st.one_of(
    st.text(st.sampled_from("ab.-1[]é "), max_size=10),
    st.sampled_from(
        ["example.org", "EXAMPLE.org", "test", "a.test", "localhost", "xn--nxasmq6b.com", "ab--c.com", "a.b1"]
    ),
)


@settings(max_examples=400, deadline=None)
@given(texts=st.lists(st.tuples(LOCAL, DOMAIN).map("@".join), max_size=4))
@example(["a" * 70 + "@example.org", "a@" + "b" * 70 + ".com", "a" * 240 + "@example.org", "none"])
def test_addresses_of_e_mail_are_judged_by_domain_as_they_are_judged_whole(texts: list[str]) -> None:
    lowered = [text.lower() for text in texts]
    assert both(_valid_in_form, lowered) == [_valid(text) for text in lowered]


@settings(max_examples=600, deadline=None)
@given(
    texts=st.lists(
        st.one_of(st.from_regex(r"\A(0|\+44|0044|)[0-9]{8,11}\Z"), st.from_regex(r"\A\+?[0-9]{0,14}\Z")),
        max_size=4,
    )
)
def test_numbers_of_telephones_are_written_as_the_library_writes_them(texts: list[str]) -> None:
    assert both(_international, texts) == [_e164(text) for text in texts]


FORMATS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y", "%Y%m%d", "%d/%m/%y")
WRITTEN = st.one_of(
    st.tuples(st.dates(date(1, 1, 1)), st.sampled_from(FORMATS)).map(lambda told: told[0].strftime(told[1])),
    st.dates(date(1880, 1, 1), date(2030, 1, 1)).map(lambda day: day.strftime("%d/%m/%Y")),
    st.text("0123456789/-JanFeb ", max_size=11),
    st.sampled_from(
        ["01/01/1900", "31/12/9999", "30/02/2020", "1/1/2020", " 01/02/2020 ", "01/02/2020 10:00"]
    ),
)


@pytest.mark.parametrize("use", ["birth", "death", "start", "end"])
@settings(max_examples=200, deadline=None)
@given(texts=st.lists(WRITTEN, min_size=1, max_size=5), written=st.sampled_from(FORMATS))
def test_dates_are_read_together_as_one_by_one(use, texts: list[str], written: str) -> None:
    found = dates(pd.Series(texts, dtype="string[pyarrow]"), written, use=use, today=TODAY)
    stand_ins = {row["date"] for row in read_reference("date_sentinels") if row["applies_to"] == use}
    for text, day, precision in zip(texts, found["date"], found["precision"], strict=True):
        one = read_date(text, written, TODAY) if text else None
        is_late = one is not None and use in ("birth", "death") and one.value > TODAY
        is_old = one is not None and use == "birth" and one.value.year < TODAY.year - OLDEST_YEARS
        if one is None or one.value.isoformat() in stand_ins or is_late or is_old:
            assert pd.isna(day)
            assert pd.isna(precision)
        else:
            assert (f"{day:%d%m}{day.year}", precision) == (
                f"{one.value:%d%m}{one.value.year}",
                one.precision,
            )


@settings(max_examples=200, deadline=None)
@given(
    text=st.lists(st.sampled_from(["12", "HIGH", "STREET", "NORTH", "TOWN", "UPTON", ","]), max_size=7).map(
        " ".join
    )
)
def test_areas_come_off_the_end_longest_first(text: str) -> None:
    areas = (("NORTH", "UPTON"), ("UPTON",), ("TOWN",))
    left = read_parts(text, ends_of(())).words.split()
    while (
        area := next((a for a in areas if len(left) > len(a) and tuple(left[-len(a) :]) == a), None)
    ) is not None:
        left = left[: -len(area)]
    assert read_parts(text, ends_of(areas)).words.split() == left
