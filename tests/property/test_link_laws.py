"""Laws of linking, against a plain Python oracle that compares every record with every other."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from linkage.link import link_with_toolkit as link
from linkage.link.rules import BLOCKING_RULES
from linkage.schema import LINK_ATTRIBUTES, RECORD, TERM_ATTRIBUTES, check, conform
from linkage.schema.artefacts import PAIR

NAMES = ("ANN", "ANNE", "ANNA", "A", "J", "JOHN", "JON", "SMITH", "SMYTH", "JONES", "SMITH JONES")
DATES = ("1980-05-04", "1980-04-05", "1980-05-14", "1980-05-23", "1981-01-01", "1980-09-09", "1952-02-28")


def maybe(*values: Any) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), st.sampled_from(values))


RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(("libraries", "council_tax")),
            "record_key": st.sampled_from(("1", "2", "3", "4", "5", "6")),
            "forename": maybe(*NAMES),
            "surname": maybe(*NAMES),
            "surname_alias": maybe("JONES", "SMITH"),
            "middle_names": maybe("ANN", "A", "JOHN MARY", "JON M", "X Y Z"),
            "birth_date": maybe(*DATES),
            "birth_date_precision": st.sampled_from(("day", "day", "month", "year")),
            "is_birth_date_weak": st.sampled_from((False, False, True)),
            "age_group": maybe("adult", "child"),
            "sex": maybe("F", "M"),
            "uprn": maybe("000000000001", "000000000002", "000000000003"),
            "parent_uprn": maybe("000000000009", "000000000008"),
            "uprn_match_grade": maybe("given", "building"),
            "postcode": maybe("CF10 1AA", "CF10 1AB", "CF3 2AA"),
            "phone": maybe("+442920000001", "+447700900001"),
            "email": maybe("a@example.org", "b@example.org"),
            "nhs_number": maybe("9434765919", "9434765918", "4010232137"),
            "nino": maybe("AB123456C", "AB123457C"),
            "upn": maybe("A123456789012", "B999999999999"),
        }
    ),
    max_size=12,
)


def frame_of(rows: list[dict[str, Any]]) -> pd.DataFrame:
    roots = {"JON": "JOHN", "ANNA": "ANN"}
    complete = [
        row
        | {
            "record_id": f"{row['source']}:{number:03}:person:1",
            "snapshot_date": "2026-08-01",
            "row_number": number + 1,
            "person_role": "person",
            "person_position": 1,
            "is_live": True,
            "forename_root": roots.get(row["forename"], row["forename"]),
            "birth_date_precision": row["birth_date"] and row["birth_date_precision"],
        }
        for number, row in enumerate(rows)
    ]
    frame = pd.DataFrame(
        complete, columns=[name for name in RECORD.names if not complete or name in complete[0]]
    )
    return conform(
        frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("snapshot_date", "birth_date")}),
        RECORD,
    )


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Records as dictionaries in order of id, missing as None, with the keys that rules use."""
    rows = [{k: None if pd.isna(v) else v for k, v in row.items()} for row in frame.to_dict("records")]
    for row in rows:
        born = row["birth_date"] and row["birth_date"].strftime("%Y%m%d")
        row["born"] = born
        row["precision"] = "year" if row["is_birth_date_weak"] else row["birth_date_precision"]
        row["full_birth_date"] = born if row["precision"] == "day" else None
        row["birth_year"] = born and born[:4]
        row["forename_initial"] = row["forename"] and row["forename"][0]
        row["outward"] = row["postcode"] and row["postcode"].split()[0]
        both = row["forename"] and row["surname"]
        row["name_pair"] = tuple(sorted((row["forename"], row["surname"]))) if both else None
    return sorted(rows, key=lambda row: row["record_id"])


def same(one: Any, other: Any) -> bool:
    return one is not None and one == other


def expected_pairs(rows: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    found = {}
    for one, other in combinations(rows, 2):
        if (one["source"], one["record_key"]) == (other["source"], other["record_key"]):
            continue
        rules = [rule for rule in BLOCKING_RULES if all(same(one[key], other[key]) for key in rule.keys)]
        if rules:
            found[one["record_id"], other["record_id"]] = rules[0].name
    return found


def best(*tests: bool) -> int:
    return max((number for number, test in enumerate(tests, start=1) if test), default=0)


def likeness(one: str, other: str) -> float:
    return JaroWinkler.similarity(*sorted((one, other)))


def forename_level(a: dict[str, Any], b: dict[str, Any]) -> int:
    one, other = a["forename"], b["forename"]
    short = len(one) == 1 or len(other) == 1
    middle = one in (b["middle_names"] or "").split()[:2] or other in (a["middle_names"] or "").split()[:2]
    swapped = same(one, b["surname"]) and same(a["surname"], other)
    alike = likeness(one, other)
    return best(
        not short and alike >= 0.80,
        short and one[0] == other[0],
        not short and (alike >= 0.92 or middle),
        (not short and a["forename_root"] == b["forename_root"]) or swapped,
        not short and one == other,
    )


def middle_names_level(a: dict[str, Any], b: dict[str, Any]) -> int:
    crossed = [(m, n) for m in a["middle_names"].split()[:2] for n in b["middle_names"].split()[:2]]
    short = [min(len(m), len(n)) == 1 for m, n in crossed]
    return best(
        any(is_short and m[0] == n[0] for is_short, (m, n) in zip(short, crossed, strict=True)),
        any(not is_short and likeness(m, n) >= 0.92 for is_short, (m, n) in zip(short, crossed, strict=True)),
    )


def surname_level(a: dict[str, Any], b: dict[str, Any]) -> int:
    one, other = a["surname"], b["surname"]
    ends = [{name.split()[0], name.split()[-1]} for name in (one, other)]
    alias = (
        same(a["surname_alias"], other)
        or same(b["surname_alias"], one)
        or same(a["surname_alias"], b["surname_alias"])
    )
    swapped = same(a["forename"], other) and same(b["forename"], one)
    alike = likeness(one, other)
    return best(alike >= 0.80, alike >= 0.92 or bool(ends[0] & ends[1]), alias or swapped, one == other)


def birth_date_level(a: dict[str, Any], b: dict[str, Any]) -> int:
    one, other = a["born"], b["born"]
    if "year" in (a["precision"], b["precision"]):
        return 3 if one[:4] == other[:4] else 0
    if "month" in (a["precision"], b["precision"]):
        return 3 if one[:6] == other[:6] else 0
    near = OSA.distance(one, other) <= 1 or one == other[:4] + other[6:] + other[4:6]
    return best(one[:4] == other[:4], one[:6] == other[:6], False, near, one == other)


def address_level(a: dict[str, Any], b: dict[str, Any]) -> int:
    uprn = same(a["uprn"], b["uprn"])
    building = "building" in (a["uprn_match_grade"], b["uprn_match_grade"])
    parent = same(a["parent_uprn"], b["parent_uprn"])
    return best(
        same(a["outward"], b["outward"]),
        same(a["postcode"], b["postcode"]),
        parent or uprn,
        uprn and not building,
    )


def expected_level(attribute: str, a: dict[str, Any], b: dict[str, Any]) -> int | None:
    if attribute == "address":
        known = any(a[part] and b[part] for part in ("uprn", "parent_uprn", "postcode"))
        return address_level(a, b) if known else None
    if not (a[attribute] and b[attribute]) or (attribute == "age_group" and a["born"] and b["born"]):
        return None
    by_name = {
        "forename": forename_level,
        "middle_names": middle_names_level,
        "surname": surname_level,
        "birth_date": birth_date_level,
    }
    if attribute in by_name:
        return by_name[attribute](a, b)
    equal = a[attribute] == b[attribute]
    if attribute in ("age_group", "sex", "email"):
        return int(equal)
    if attribute == "phone":
        return best(equal, equal and a["phone"].startswith("+447"))
    return best(OSA.distance(a[attribute], b[attribute]) <= 1, equal)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS)
def test_pairs_and_levels_are_those_of_comparing_every_record_with_every_other(
    rows: list[dict[str, Any]],
) -> None:
    frame = frame_of(rows)
    pairs = link(frame).pairs
    check(pairs, PAIR)
    known = plain(frame)
    found = {(p["record_id_l"], p["record_id_r"]): p for p in pairs.to_dict("records")}
    assert {key: pair["blocking_rule"] for key, pair in found.items()} == expected_pairs(known)
    assert all(left < right for left, right in found)
    assert pairs["level_source"].isna().all()
    by_id = {row["record_id"]: row for row in known}
    for (left, right), pair in found.items():
        for attribute in (name for name in LINK_ATTRIBUTES if name != "source"):
            level = pair[f"level_{attribute}"]
            expected = expected_level(attribute, by_id[left], by_id[right])
            assert (None if pd.isna(level) else level) == expected, attribute


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS)
def test_a_weight_is_the_prior_and_the_bits_of_the_known_levels_and_nothing_for_missing_ones(
    rows: list[dict[str, Any]],
) -> None:
    linkage = link(frame_of(rows))
    contexts = {context["name"]: context for context in linkage.model["contexts"]}
    for pair in linkage.pairs.to_dict("records"):
        together = not pd.isna(pair["level_address"]) and pair["level_address"] == 4
        context = contexts["at_one_address" if together else "elsewhere"]
        known = {a: pair[f"level_{a}"] for a in LINK_ATTRIBUTES if not pd.isna(pair[f"level_{a}"])}
        weight = context["prior_bits"] + sum(
            context["levels"][a][level]["bits"] for a, level in known.items()
        )
        terms = [pair[f"term_bits_{a}"] for a in TERM_ATTRIBUTES]
        weight += sum(bits for bits in terms if not pd.isna(bits))
        assert pair["match_weight"] == pytest.approx(weight, abs=1e-9)
        assert pair["match_probability"] == pytest.approx(1 / (1 + 2**-weight), abs=1e-9)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_the_records_makes_no_difference(rows: list[dict[str, Any]], random: Any) -> None:
    frame = frame_of(rows)
    order = list(range(len(frame)))
    random.shuffle(order)
    one, other = link(frame), link(frame.iloc[order])
    pd.testing.assert_frame_equal(one.pairs, other.pairs, check_exact=False, rtol=0, atol=1e-9)
    assert one.model == other.model


def test_levels_rise_with_agreement_in_every_context() -> None:
    rows = [
        {
            "source": "libraries",
            "record_key": str(n),
            "forename": NAMES[n % 9],
            "surname": NAMES[n % 7],
            "surname_alias": None,
            "middle_names": None,
            "birth_date": DATES[n % 5],
            "birth_date_precision": "day",
            "is_birth_date_weak": False,
            "age_group": "adult",
            "sex": "F",
            "uprn": f"{n % 11:012}",
            "parent_uprn": None,
            "uprn_match_grade": "given",
            "postcode": "CF10 1AA",
            "phone": None,
            "email": None,
            "nhs_number": None,
            "nino": None,
            "upn": None,
        }
        for n in range(80)
    ]
    for context in link(frame_of(rows)).model["contexts"]:
        for levels in context["levels"].values():
            assert np.all(np.diff([level["bits"] for level in levels]) >= -1e-9)
            assert sum(level["m"] for level in levels) == pytest.approx(1)
            assert sum(level["u"] for level in levels) == pytest.approx(1)
