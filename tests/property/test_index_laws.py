from collections import Counter, defaultdict
from datetime import date

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.index import IndexInputs, IndexTables, build_index
from linkage.index.identity import identities
from linkage.schema import (
    ADDRESS,
    CLUSTER,
    JUDGEMENT_CONFLICT,
    PAIR,
    PUBLISHED,
    RECORD_ALIAS,
    REMEMBERED,
    SOURCE_STATE,
    STATEMENT,
    conform,
    empty,
)

SNAPSHOT = date(2026, 10, 1)
SOURCES = (
    "council_tax",
    "electoral_register",
    "housing_benefit",
    "libraries",
    "national_benefits",
    "allotments",
)
UPRNS = ("999900000001", "999900000002", "999900000003")
DATES = st.none() | st.dates(date(2015, 1, 1), date(2026, 9, 30)).map(pd.Timestamp)

MENTIONS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(SOURCES),
            "cluster": st.integers(0, 3),
            "surname": st.sampled_from(["OKAFOR", "LEE", "ZHAO", None]),
            "forename": st.sampled_from(["A", "AMARA", "BILL", None]),
            "forename_root": st.sampled_from(["AMARA", "BILL", "WILLIAM"]),
            "uprn": st.sampled_from([*UPRNS, None]),
            "was": st.sampled_from([*UPRNS, None, None]),
            "closed": st.sampled_from([None, None, pd.Timestamp("2026-09-01")]),
            "phone": st.sampled_from(["+442079460001", None]),
            "death_date": st.sampled_from([None, None, None, pd.Timestamp("2026-01-02")]),
            "start_date": DATES,
            "end_date": DATES,
            "is_live": st.booleans(),
            "is_protected": st.sampled_from([False, False, False, True]),
            "near": st.lists(st.none() | st.sampled_from([0.0, 0.49, 0.5, 0.8, 1.0]), max_size=13),
        }
    ),
    max_size=14,
)


ROW = ["source", "cluster", "uprn", "start_date", "end_date", "death_date", "is_live"]
FIRST, SECOND = pd.Timestamp("2026-08-01"), pd.Timestamp("2026-09-01")


def frames(mentions: list[dict]) -> tuple[pd.DataFrame, pd.DataFrame]:
    columns = [*ROW, "is_protected", "near", "was", "closed", "surname", "forename"]
    frame = pd.DataFrame(mentions, columns=None if mentions else columns)
    frame["record_key"] = [f"{n:02}" for n in range(len(frame))]
    frame["record_id"] = frame["source"].astype(str) + ":" + frame["record_key"] + ":lead:1"
    frame["snapshot_date"], frame["row_number"] = pd.Timestamp(SNAPSHOT), range(1, len(frame) + 1)
    frame["person_role"], frame["person_position"], frame["is_birth_date_weak"] = "lead", 1, False
    frame["first_snapshot_date"], frame["closed_date"] = FIRST, frame["closed"]
    frame["is_live"] = frame["is_live"] & frame["closed_date"].isna()
    clusters = frame[["record_id"]].assign(cluster_id=frame.groupby("cluster")["record_id"].transform("min"))
    records = conform(frame.drop(columns=["cluster", "is_protected", "near", "was", "closed"]), REMEMBERED)
    return records, conform(clusters, CLUSTER)


def statements_of(mentions: list[dict]) -> pd.DataFrame:
    """What each record says now, and at which address it had its person in the first snapshot."""
    rows = []
    for number, mention in enumerate(mentions):
        record = {
            "record_id": f"{mention['source']}:{number:02}:lead:1",
            "source": mention["source"],
            "uprn_match_grade": "given",
        }
        moved = mention["was"] is not None and mention["was"] != mention["uprn"]
        if moved:
            rows.append(
                {**record, "uprn": mention["was"], "first_snapshot_date": FIRST, "closed_date": SECOND}
            )
        if mention["uprn"] is not None:
            dates = {"from_date": mention["start_date"], "to_date": mention["end_date"]}
            since = SECOND if moved else FIRST
            now = {"uprn": mention["uprn"], "first_snapshot_date": since, "closed_date": mention["closed"]}
            rows.append({**record, **dates, **now})
    return conform(pd.DataFrame(rows, columns=None if rows else STATEMENT.names), STATEMENT)


def pairs_of(mentions: list[dict]) -> pd.DataFrame:
    """One pair for each probability that a mention holds of a mention before it."""
    ids = [f"{mention['source']}:{n:02}:lead:1" for n, mention in enumerate(mentions)]
    held = [
        (min(ids[n], ids[m]), max(ids[n], ids[m]), probability)
        for n, mention in enumerate(mentions)
        for m, probability in enumerate(mention["near"][:n])
    ]
    frame = pd.DataFrame(held, columns=["record_id_l", "record_id_r", "household_probability"])
    return conform(frame.assign(blocking_rule="any", match_weight=0.0, match_probability=0.5), PAIR)


def build(
    records: pd.DataFrame,
    clusters: pd.DataFrame,
    pairs: pd.DataFrame,
    statements: pd.DataFrame,
    *,
    protected: pd.Index,
) -> IndexTables:
    addresses = pd.DataFrame(
        {
            "uprn": UPRNS,
            "classification": "RD04",
            "is_communal": [True, False, False],
            "is_residential": [True, True, False],
            "is_parent": False,
        }
    )
    ids = clusters["cluster_id"].drop_duplicates()
    return build_index(
        IndexInputs(
            records=records,
            statements=statements,
            clusters=clusters,
            pairs=pairs,
            addresses=conform(addresses, ADDRESS),
            resident_ids=pd.Series(identities("R", ids).to_numpy(), index=ids),
            aliases=empty(RECORD_ALIAS),
            source_state=conform(
                pd.DataFrame(
                    {
                        "source": sorted(set(records["source"])),
                        "snapshot_date": pd.Timestamp(SNAPSHOT),
                        "first_snapshot_date": FIRST,
                        "is_stale": False,
                    }
                ),
                SOURCE_STATE,
            ),
            conflicts=empty(JUDGEMENT_CONFLICT),
            protected=protected,
        ),
        comparison_sources=frozenset({"national_benefits"}),
        snapshot_date=SNAPSHOT,
    )


def protected_of(mentions: list[dict]) -> pd.Index:
    """Records of people whose address is withheld."""
    ids = [f"{m['source']}:{n:02}:lead:1" for n, m in enumerate(mentions) if m["is_protected"]]
    return pd.Index(ids, dtype=object)


def protected_residents(mentions: list[dict], tables: IndexTables) -> "pd.Series[str]":
    owner = tables.crosswalk.set_index("record_id")["resident_id"]
    return owner[owner.index.isin(protected_of(mentions))]


def build_all(mentions: list[dict]) -> IndexTables:
    given = frames(mentions), pairs_of(mentions), statements_of(mentions)
    return build(*given[0], *given[1:], protected=protected_of(mentions))


@settings(max_examples=20, deadline=None)
@given(MENTIONS, st.randoms(use_true_random=False))
def test_shuffled_input_gives_the_same_tables_byte_for_byte(mentions, random) -> None:
    (records, clusters), pairs, said = frames(mentions), pairs_of(mentions), statements_of(mentions)
    order, pair_order, said_order = (list(range(len(frame))) for frame in (records, pairs, said))
    for places in (order, pair_order, said_order):
        random.shuffle(places)
    hidden = protected_of(mentions)
    straight = build(records, clusters, pairs, said, protected=hidden)
    shuffled = build(
        records.iloc[order],
        clusters.iloc[order[::-1]],
        pairs.iloc[pair_order],
        said.iloc[said_order],
        protected=hidden,
    )
    for table in PUBLISHED:
        left, right = (getattr(tables, table.name) for tables in (straight, shuffled))
        pd.testing.assert_frame_equal(left, right)
        assert left.to_csv().encode() == right.to_csv().encode()


@settings(max_examples=20, deadline=None)
@given(MENTIONS)
def test_every_record_is_in_exactly_one_resident_and_every_golden_value_names_its_record(mentions) -> None:
    records, _ = frames(mentions)
    tables = build_all(mentions)
    assert tables.crosswalk["record_id"].tolist() == sorted(records["record_id"])
    assert set(tables.crosswalk["resident_id"]) == set(tables.resident["resident_id"])
    assert tables.resident["record_count"].sum() == len(records)
    owner = dict(zip(tables.crosswalk["record_id"], tables.crosswalk["resident_id"], strict=True))
    given_by = records.set_index("record_id").astype("string")
    for row in tables.golden_value.to_dict("records"):
        assert owner[row["record_id"]] == row["resident_id"]
        assert given_by.loc[row["record_id"], row["attribute"]][:10] == row["value"][:10]
        assert not row["record_id"].startswith("national_benefits")
    golden = tables.golden_value.set_index(["resident_id", "attribute"])["value"]
    for attribute in ("surname", "forename", "uprn", "phone"):
        shown = tables.resident.set_index("resident_id")[attribute].dropna()
        assert shown.to_dict() == {r: v for (r, a), v in golden.items() if a == attribute}


@settings(max_examples=20, deadline=None)
@given(MENTIONS)
def test_households_hold_exactly_the_residents_who_name_them(mentions) -> None:
    tables = build_all(mentions)
    homed = tables.resident.dropna(subset=["household_id"])
    assert Counter(homed["household_id"]) == dict(
        zip(tables.household["household_id"], tables.household["member_count"], strict=True)
    )
    assert homed["death_date"].isna().all()
    withheld = protected_residents(mentions, tables)
    assert not tables.residence["resident_id"].isin(withheld).any()
    assert not homed["resident_id"].isin(withheld).any()


@settings(max_examples=40, deadline=None)
@given(MENTIONS)
def test_household_links_are_those_that_a_reading_pair_by_pair_gives(mentions) -> None:
    pairs = pairs_of(mentions)
    tables = build(*frames(mentions), pairs, statements_of(mentions), protected=protected_of(mentions))
    owner = dict(zip(tables.crosswalk["record_id"], tables.crosswalk["resident_id"], strict=True))
    withheld = set(protected_residents(mentions, tables))
    people = tables.resident.set_index("resident_id")
    home = people["household_id"].dropna().to_dict()
    found = defaultdict(list)
    for row in pairs.to_dict("records"):
        ends = tuple(sorted({owner[row["record_id_l"]], owner[row["record_id_r"]]}))
        is_shown = not withheld & set(ends)
        if len(ends) == 2 and is_shown and row["household_probability"] >= 0.5:
            found[ends].append(row["household_probability"])
    expected = [
        (one, other, max(held), len(held), one in home and home[one] == home.get(other))
        for (one, other), held in sorted(found.items())
    ]
    assert list(tables.household_link.itertuples(index=False, name=None)) == expected


def plain_winner(rows: list[dict]) -> str | None:
    """The golden surname as its rule reads, one value after the other."""
    order = {
        "housing_benefit": 1,
        "electoral_register": 5,
        "council_tax": 9,
        "libraries": 10,
        "allotments": 11,
    }
    values = defaultdict(list)
    for row in rows:
        if row["surname"] is not None and row["source"] != "national_benefits":
            values[row["surname"]].append(row)
    ranked = sorted(
        values.items(),
        key=lambda item: (
            -len({row["source"] for row in item[1]}),
            -sum(row["is_live"] and row["closed"] is None for row in item[1]),
            -max(row["start_date"].value if row["start_date"] is not None else -(10**30) for row in item[1]),
            min(order[row["source"]] for row in item[1]),
            min(f"{row['source']}:{row['number']:02}" for row in item[1]),
        ),
    )
    return ranked[0][0] if ranked else None


@settings(max_examples=30, deadline=None)
@given(MENTIONS)
def test_the_golden_surname_is_the_one_that_the_rule_read_out_loud_gives(mentions) -> None:
    tables = build_all(mentions)
    people = defaultdict(list)
    for number, mention in enumerate(mentions):
        people[mention["cluster"]].append({**mention, "number": number})
    owner = dict(zip(tables.crosswalk["record_key"], tables.crosswalk["resident_id"], strict=True))
    expected = {owner[f"{rows[0]['number']:02}"]: plain_winner(rows) for rows in people.values()}
    received = tables.resident.set_index("resident_id")["surname"].astype(object)
    assert {r: None if pd.isna(v) else v for r, v in received.items()} == expected
