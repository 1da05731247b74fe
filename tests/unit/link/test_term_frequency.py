"""Term frequency: the rarer a value, the more its agreement weighs."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.link import link_with_toolkit as link
from linkage.link.term_frequency import (
    SHRINKAGE,
    SMALLEST_FREQUENCY,
    SURNAME_TERM,
    TERMS,
    TermModel,
    agreed_frequencies,
    fit_term,
    frequencies,
    frequencies_given,
)
from linkage.schema import RECORD, TERM_ATTRIBUTES, conform

Town = tuple[pd.DataFrame, pd.DataFrame]
CODES = st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 4)), min_size=1, max_size=40)
SHARES = st.floats(SMALLEST_FREQUENCY, 1)


def test_the_terms_are_those_of_the_pair_table_in_its_order():
    assert tuple(term.attribute for term in TERMS) == TERM_ATTRIBUTES


@given(CODES)
def test_frequencies_are_the_shares_that_counting_record_by_record_gives(records: list[tuple[int, int]]):
    names = [name for name, _ in records if name != -1]
    counts = Counter(names)
    found = frequencies(np.array([name for name, _ in records]))
    expected = [max(counts[name] / len(names), SMALLEST_FREQUENCY) for name in names]
    assert [share for share, (name, _) in zip(found, records, strict=True) if name != -1] == pytest.approx(
        expected
    )


@given(CODES)
def test_a_surname_is_counted_among_the_bearers_of_the_forename_and_shrunk_towards_all(
    records: list[tuple[int, int]],
):
    surname, forename = (np.array(column) for column in zip(*records, strict=True))
    among_all = frequencies(surname)
    for number, (name, given_name) in enumerate(records):
        if name == -1:
            continue
        bearers = [s for s, f in records if f == given_name != -1 and s != -1]
        expected = (bearers.count(name) + SHRINKAGE * among_all[number]) / (len(bearers) + SHRINKAGE)
        assert frequencies_given(surname, forename)[number] == pytest.approx(expected)


@given(SHARES, SHARES, st.floats(1e-6, 0.5), st.floats(0, 0.5))
def test_a_rarer_value_never_weighs_less(one: float, other: float, agreement: float, named_alike: float):
    rarer, commoner = sorted((one, other))
    bits = TermModel(4, agreement, named_alike).bits(np.array([rarer, commoner]))
    assert bits[0] >= bits[1]


@given(SHARES, st.floats(1e-6, 0.5), st.floats(0.5, 1))
def test_level_and_term_are_worth_log2_of_m_over_frequency_where_nobody_is_named_alike(
    share: float, u: float, m: float
):
    bits = np.log2(m / u) + TermModel(4, u, 0.0).bits(np.array([share]))[0]
    assert bits == pytest.approx(np.log2(m / share))


def test_what_chance_explains_is_not_called_being_named_alike():
    codes = np.repeat(np.arange(10), 100)
    by_chance = fit_term(SURNAME_TERM, codes, np.array([0.9, 0, 0, 0, 0.1]))
    in_families = fit_term(SURNAME_TERM, codes, np.array([0.4, 0, 0, 0, 0.6]))
    assert by_chance.named_alike == pytest.approx(0)
    assert in_families.named_alike == pytest.approx(0.5 / 0.9)
    assert in_families.bits(np.array([0.1]))[0] == pytest.approx(0)


def test_values_that_do_not_agree_or_are_missing_have_no_frequency():
    codes = pd.DataFrame({"forename_root": [0, 0, -1, -1, 1], "surname": [3, 3, 3, 2, -1]})
    left, right = np.array([0, 0, 2, 0]), np.array([1, 3, 3, 4])
    levels = {
        "forename": np.array([4, 5, -1, 0], dtype=np.int8),
        "surname": np.array([4, 0, 0, -1], dtype=np.int8),
    }
    found = agreed_frequencies(codes, left, right, levels=levels)
    assert np.isnan(found["forename"]).tolist() == [False, True, True, True]
    assert np.isnan(found["surname"]).tolist() == [False, True, True, True]


def test_strangers_with_a_rare_name_are_likelier_one_person_than_with_a_common_one(
    town_maker: Callable[[int, int], Town],
):
    records, _ = town_maker(600, 11)
    plain = records.head(2).assign(
        **dict.fromkeys(
            ("birth_date", "birth_date_precision", "sex", "phone", "email", "nino", "nhs_number"), pd.NA
        )
    )
    rare = plain.assign(record_id=["zz:1:p:1", "zz:2:p:1"], forename="ZENOBIA", surname="QUILLFEATHER")
    common = plain.assign(
        record_id=["zz:3:p:1", "zz:4:p:1"],
        forename=records["forename"].mode()[0],
        surname=records["surname"].mode()[0],
    )
    apart = pd.concat([rare, common]).assign(
        source="zz", row_number=[1, 2, 3, 4], uprn=["1", "2", "3", "4"], parent_uprn=pd.NA, postcode=pd.NA
    )
    apart["forename_root"] = apart["forename"]
    known = records[records["forename"].str.len() > 1]
    pairs = link(pd.concat([known, conform(apart, RECORD)])).pairs.set_index(["record_id_l", "record_id_r"])
    weights = [
        pairs.loc[ends, "match_weight"] for ends in (("zz:1:p:1", "zz:2:p:1"), ("zz:3:p:1", "zz:4:p:1"))
    ]
    assert weights[0] > weights[1] + 2
