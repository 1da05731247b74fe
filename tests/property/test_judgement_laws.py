"""Laws of judgements: what is in force does not depend on the order of rows, and a withdrawal undoes exactly one."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from linkage.rights import follow_aliases, in_force
from tests.unit.rights.judging import about_resident, aliased, judged, log, withdrawn

RECORDS = [f"a:{number}:x:1" for number in range(4)]
pairs = st.sets(st.sampled_from(RECORDS), min_size=2, max_size=2).map(sorted)
of_two = st.tuples(st.sampled_from(["same_person", "different_person"]), pairs)
of_resident = st.tuples(
    st.sampled_from(["not_this_address", "restrict_processing"]),
    st.sets(st.sampled_from(RECORDS), min_size=1).map(sorted),
)
acts = st.lists(st.one_of(of_two, of_resident, st.integers(0, 9)), max_size=12)


def made(given_acts: list) -> list[dict]:
    """The log of these acts: a number withdraws the judgement of that number, if it was made before."""
    rows: list[dict] = []
    for number, act in enumerate(given_acts):
        if isinstance(act, int):
            if act < number and not isinstance(given_acts[act], int):
                rows.append(withdrawn(number, f"j{act}"))
            continue
        verdict, records = act
        if verdict in ("same_person", "different_person"):
            rows.append(judged(number, verdict, records[0], records[1]))
        else:
            uprn = {"uprn": "100"} if verdict == "not_this_address" else {}
            rows.append(about_resident(number, verdict, records, **uprn))
    return rows


def oracle(rows: list[dict]) -> set[str]:
    """Said plainly: leave out what is withdrawn, then the last about each thing."""
    gone = {row["withdraws"] for row in rows if row["verdict"] == "withdrawn"}
    last = {}
    for row in sorted(rows, key=lambda row: (row["decided_at"], row["judgement_id"])):
        if row["verdict"] == "withdrawn" or row["judgement_id"] in gone:
            continue
        kind = "two" if row["record_id_r"] else row["verdict"]
        last[kind, row["record_id_l"], row["record_id_r"], row.get("uprn")] = row["judgement_id"]
    return set(last.values())


@given(acts)
def test_in_force_is_what_plain_python_says(given_acts: list) -> None:
    rows = made(given_acts)
    assert set(in_force(log(*rows))["judgement_id"]) == oracle(rows)


@given(acts, st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(given_acts: list, random) -> None:
    rows = made(given_acts)
    shuffled = random.sample(rows, len(rows))
    pd.testing.assert_frame_equal(in_force(log(*shuffled)), in_force(log(*rows)))


@given(acts, st.data())
def test_a_withdrawal_leaves_what_was_in_force_without_the_judgement(given_acts: list, data) -> None:
    rows = made(given_acts)
    judgements = [row for row in rows if row["verdict"] != "withdrawn"]
    if not judgements:
        return
    chosen = data.draw(st.sampled_from(judgements))["judgement_id"]
    after = in_force(log(*rows, withdrawn(99, chosen)))
    without = in_force(
        log(*(row for row in rows if chosen not in (row["judgement_id"], row.get("withdraws"))))
    )
    assert after["judgement_id"].tolist() == without["judgement_id"].tolist()


@given(acts, st.permutations(RECORDS))
def test_renaming_every_record_renames_the_judgements_and_changes_nothing_else(
    given_acts: list, names: list
) -> None:
    rows = made(given_acts)
    renamed = aliased({old: f"b{new}" for old, new in zip(RECORDS, names, strict=True)})
    before, after = in_force(log(*rows)), in_force(follow_aliases(log(*rows), renamed))
    assert after["judgement_id"].tolist() == before["judgement_id"].tolist()
    assert after["verdict"].tolist() == before["verdict"].tolist()
    assert (after["record_id_l"].str.startswith("b")).all()
