"""Splink and the engine weigh the same pairs alike, whichever of the two the model comes from."""

import copy
import json
import logging
import random

import duckdb
import numpy as np
import pyarrow as pa
import pytest
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from rapidfuzz.distance import OSA
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.people import simulate_people
from linkage.engine.interchange import from_splink, splink_table, term_tables, to_splink, two_class
from linkage.engine.interchange.conditions import column_of, key_of, write_test
from linkage.engine.keys import FUNCTIONS, parse_key
from linkage.engine.linking import Weigher, link_records
from linkage.engine.model import model_of
from linkage.engine.prepared import find_pairs, prepare
from linkage.engine.spec import parse_spec
from linkage.engine.tests_of_levels import parse_test
from linkage.errors import ModelError

RECORDS = 2_500
COLUMNS = {
    name: name
    for name in ("forename", "surname", "birth_date", "sex", "address", "postcode", "phone", "email")
}
SPEC = parse_spec(
    {"record_id": "record_id", "source": "source", "columns": COLUMNS, "full_name_lift": True}, "test"
)
SHORT = parse_spec(
    {
        "record_id": "record_id",
        "columns": {n: n for n in ("forename", "surname", "birth_date", "sex", "postcode")},
    },
    "test",
)
NAME_LEVELS = [
    {"sql_condition": '"forename_l" IS NULL OR "forename_r" IS NULL', "is_null_level": True},
    {"sql_condition": '"forename_l" = "forename_r"', "label_for_charts": "exact", "m_probability": 0.9,
     "u_probability": 0.01},
    {"sql_condition": "ELSE", "label_for_charts": "rest", "m_probability": 0.1, "u_probability": 0.99},
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _quiet():
    logging.getLogger("splink").setLevel(logging.ERROR)


@pytest.fixture(scope="module")
def people():
    return simulate_people(RECORDS, setting="hard", seed=3).table


@pytest.fixture(scope="module")
def linked(people):
    return link_records(people, SPEC, threads=2)


@pytest.fixture(scope="module")
def prepared(people, linked):
    return prepare(people, linked.model.spec, sources=linked.model.sources, threads=2)


def settings_with(*levels, null=0, name="forename"):
    """Settings of one comparison."""
    given = [NAME_LEVELS[null], *levels, NAME_LEVELS[-1]]
    return {
        "probability_two_random_records_match": 0.001,
        "comparisons": [{"output_column_name": name, "comparison_levels": given}],
        "blocking_rules_to_generate_predictions": [{"blocking_rule": 'l."surname" = r."surname"'}],
    }


def level(condition, **more):
    return {
        "sql_condition": condition,
        "label_for_charts": "told",
        "m_probability": 0.5,
        "u_probability": 0.1,
    } | more


def weights_of_splink(table, settings, terms=None):
    """Match weight of each pair that Splink finds, by the record ids of the pair."""
    database = DuckDBAPI()
    linker = Linker(database.register(table), settings=settings)
    for column, frequencies in (terms or {}).items():
        linker.table_management.register_term_frequency_lookup(database.register(frequencies), column)
    found = linker.inference.predict().as_pandas_dataframe()
    pairs = map(frozenset, zip(found.record_id_l, found.record_id_r, strict=True))
    return dict(zip(pairs, found.match_weight, strict=True))


def weights_of_ours(table, prepared, model):
    """Match weight of each candidate pair, by the record ids of the pair."""
    _, candidates = find_pairs(prepared, lambda share: None)
    weight, _ = Weigher.of(prepared, model).weigh_candidates(candidates)
    ids = np.asarray(table["record_id"].to_pylist())[prepared.encoded.order]
    pairs = map(frozenset, zip(ids[candidates.left], ids[candidates.right], strict=True))
    return dict(zip(pairs, weight, strict=True))


def largest_difference(ours, theirs):
    return max(abs(ours[pair] - theirs[pair]) for pair in ours)


def test_splink_weighs_as_an_exported_model_does(people, linked, prepared):
    model = two_class(linked.model)
    settings = json.loads(json.dumps(to_splink(linked.model)))

    ours = weights_of_ours(people, prepared, model)
    theirs = weights_of_splink(splink_table(people, prepared), settings, term_tables(prepared, linked.model))

    assert len(ours) > RECORDS
    assert set(ours) <= set(theirs)
    assert largest_difference(ours, theirs) < 1e-6


def test_the_lift_of_a_full_name_is_exported(linked):
    names = [comparison["output_column_name"] for comparison in to_splink(linked.model)["comparisons"]]
    assert "rarity of sorted_forename_surname" in names


def test_rarity_moves_the_weights_that_agree(people, linked, prepared):
    """Without the frequencies of `term_tables` Splink's own formula counts, and the weights differ."""
    settings = to_splink(linked.model)
    ours = weights_of_ours(people, prepared, two_class(linked.model))
    theirs = weights_of_splink(splink_table(people, prepared), settings)
    assert largest_difference(ours, theirs) > 0.1


def test_a_specification_that_keeps_records_apart_keeps_them_apart_in_splink(people):
    spec = SHORT.model_copy(update={"source": "source", "compare": "between_sources"})
    linked = link_records(people, spec, threads=2)

    prepared = prepare(people, linked.model.spec, sources=linked.model.sources, threads=2)

    ours = weights_of_ours(people, prepared, two_class(linked.model))
    theirs = weights_of_splink(
        splink_table(people, prepared),
        to_splink(linked.model),
        term_tables(prepared, linked.model),
    )

    assert set(ours) == set(theirs)
    assert largest_difference(ours, theirs) < 1e-6


def test_letters_beyond_ascii_count_as_one_letter_each():
    names = [
        "ЖАННА",
        "ЖАНМА",
        "ЖАНА",
        "ØRSTED",
        "ORSTED",
        "ØRSTAD",
        "李小龙",
        "李小虎",
        "ŁUKASZ",
        "ŁUKAZS",
    ] * 4
    table = pa.table(
        {
            "record_id": [f"r{n}" for n in range(len(names))],
            "surname": names,
            "birth_date": [f"19{60 + n % 7}-01-0{1 + n % 3}" for n in range(len(names))],
        }
    )
    spec = parse_spec(
        {
            "record_id": "record_id",
            "columns": {"surname": "surname", "birth_date": "birth_date"},
            "blocking_rules": [["year(birth_date)"]],
            "own_rules": False,
        },
        "test",
    )
    linked = link_records(table, spec, threads=1)
    prepared = prepare(table, linked.model.spec, threads=1)
    ours = weights_of_ours(table, prepared, two_class(linked.model))
    theirs = weights_of_splink(
        splink_table(table, prepared),
        to_splink(linked.model),
        term_tables(prepared, linked.model),
    )
    assert set(ours) == set(theirs)
    assert largest_difference(ours, theirs) < 1e-6


def test_records_prepared_without_their_texts_are_refused(people):
    prepared = prepare(people, SHORT, keep_texts=False)
    with pytest.raises(ModelError, match="without their texts"):
        splink_table(people, prepared)


def test_classes_are_merged_by_their_expected_shares(linked):
    model = two_class(linked.model)
    expected = linked.model.mixture(linked.model.trained_on).expected
    matches = expected[:2].sum()

    assert [c.name for c in model.classes] == ["same person, one address", "strangers"]
    assert model.mixture(RECORDS).expected == pytest.approx([matches, expected[2:].sum()])
    sums = np.add.reduceat(model.table, np.cumsum([0, *(len(a.levels) for a in model.attributes)])[:-1])
    assert sums == pytest.approx(np.ones_like(sums))
    assert model.table[0, 0] == pytest.approx((linked.model.table[0, :2] @ expected[:2]) / matches)
    assert model_of(model.to_json(), "merged").version == model.version


def test_a_model_of_two_classes_is_merged_into_itself(linked):
    model = two_class(linked.model)
    again = two_class(model)
    assert np.allclose(again.table, model.table, rtol=1e-12)
    assert np.allclose(again.per_record, model.per_record, rtol=1e-12)


@pytest.fixture(scope="module")
def trained_in_splink(people):
    """A model trained in Splink on normal forms, as Splink saves it."""
    prepared = prepare(people, SHORT, threads=2)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[
            cl.CustomComparison(
                [
                    cll.And(cll.NullLevel("forename"), cll.NullLevel("surname")),
                    cll.And(cll.ExactMatchLevel("forename"), cll.ExactMatchLevel("surname")),
                    cll.ColumnsReversedLevel("forename", "surname", symmetrical=True),
                    cll.And(cll.JaroWinklerLevel("forename", 0.9), cll.JaroWinklerLevel("surname", 0.9)),
                    cll.Or(cll.ExactMatchLevel("forename"), cll.ExactMatchLevel("surname")),
                    cll.ElseLevel(),
                ],
                output_column_name="name",
            ),
            cl.DamerauLevenshteinAtThresholds("birth_date", [1, 2]),
            cl.ExactMatch("sex"),
            cl.CustomComparison(
                [
                    cll.NullLevel("postcode"),
                    cll.ExactMatchLevel("postcode"),
                    cll.DamerauLevenshteinLevel("postcode", 1),
                    cll.ExactMatchLevel("outward_postcode"),
                    cll.ElseLevel(),
                ],
                output_column_name="postcode",
            ),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("surname", "birth_date"),
            block_on("forename", "postcode"),
            block_on("birth_date", "postcode"),
        ],
    )
    linker = Linker(DuckDBAPI().register(splink_table(people, prepared)), settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("forename", "surname", "birth_date")], recall=0.7
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    training.estimate_parameters_using_expectation_maximisation(block_on("forename", "surname"))
    training.estimate_parameters_using_expectation_maximisation(block_on("birth_date"))
    return linker.misc.save_model_to_json()


def test_an_imported_model_weighs_as_splink_does(people, trained_in_splink):
    model = from_splink(trained_in_splink, SHORT, record_count=RECORDS)
    prepared = prepare(people, model.spec, sources=model.sources, threads=2)

    ours = weights_of_ours(people, prepared, model)
    theirs = weights_of_splink(splink_table(people, prepare(people, SHORT)), trained_in_splink)

    assert len(ours) > RECORDS / 2
    assert set(ours) == set(theirs)
    assert largest_difference(ours, theirs) < 1e-6


def test_an_imported_model_is_stored_and_read_back(trained_in_splink):
    model = from_splink(trained_in_splink, SHORT, record_count=RECORDS)
    assert model.facts["warnings"] == []
    assert model_of(json.loads(json.dumps(model.to_json())), "imported").version == model.version


def test_an_exported_model_comes_back(people, linked):
    """All conditions are recognised; rarity is said by a formula of our own, so the way back must be asked for."""
    model = two_class(linked.model)
    spec = SPEC.model_copy(update={"source": None})
    settings = to_splink(model)
    settings["comparisons"] = [c for c in settings["comparisons"] if c["output_column_name"] != "source"]
    for rule in settings["blocking_rules_to_generate_predictions"]:
        rule["blocking_rule"] = rule["blocking_rule"].split(" AND COALESCE")[0]

    back = from_splink(settings, spec, record_count=RECORDS, approximate=True)

    for attribute, other in zip(model.spec.attributes, back.spec.attributes, strict=True):
        assert attribute.level_names == other.level_names
        assert attribute.known == other.known
        assert attribute.term_frequency == other.term_frequency
    assert np.allclose(back.table, model.table[: len(back.table)])
    both = prepare(people, back.spec), prepare(people, model.spec.model_copy(update={"source": None}))
    left, right = np.arange(RECORDS - 1, dtype=np.int32), np.arange(1, RECORDS, dtype=np.int32)
    assert (both[0].compare(left, right) == both[1].compare(left, right)).all()


@pytest.mark.parametrize("most", [1, 2])
def test_the_condition_of_edits_is_optimal_string_alignment(most):
    chance = random.Random(most)
    texts = ["".join(chance.choices("ABCD", k=chance.randint(1, 7))) for _ in range(20_000)]
    pairs = pa.table({"x_l": texts, "x_r": texts[1:] + texts[:1]})
    condition = write_test(parse_test(f"edits(x) <= {most}"), "text")
    found = duckdb.connect().sql(f"select {condition} from pairs").fetchnumpy().popitem()[1]  # noqa: S608
    expected = [OSA.distance(*pair) <= most for pair in zip(*pairs.to_pydict().values(), strict=True)]
    assert found.tolist() == expected
    assert pairs.num_rows == len(found)
    assert 100 < sum(expected) < 19_000


def test_conditions_tell_missing_values_as_the_engine_does():
    """A negated test holds where a value is missing; SQL alone would know neither."""
    pairs = pa.table({"x_l": ["A", "A", None], "x_r": ["A", None, None]})
    condition = write_test(parse_test("not same(x)"), "text")
    assert duckdb.connect().sql(f"select {condition} from pairs").fetchall() == [(False,), (True,), (True,)]  # noqa: S608
    assert pairs.num_rows == 3


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_key_has_a_column_that_names_it(function):
    arguments = {"prefix": "birth_date, 3", "suffix": "birth_date, 3", "sorted": "forename, birth_date"}
    key = parse_key(f"{function}({arguments.get(function, 'birth_date')})")
    assert key_of(column_of(key), frozenset(("forename", "birth_date", "birth"))) == key


def test_what_duckdb_cannot_say_is_refused_by_name(linked):
    content = linked.model.spec.model_dump()
    email = next(a for a in content["attributes"] if a["name"] == "email")
    email["levels"] = [{"name": "close", "when": ["edits(email) <= 3"]}]
    model = copy.copy(two_class(linked.model))
    object.__setattr__(model, "spec", parse_spec(content, "test"))
    with pytest.raises(ModelError, match=r"attribute email .* edits\(email\) <= 3"):
        to_splink(model)


@pytest.mark.parametrize(
    ("condition", "tests"),
    [
        ('"forename_l" = "forename_r"', ("same(forename)",)),
        ("forename_r = forename_l", ("same(forename)",)),
        ('damerau_levenshtein("forename_l", "forename_r") <= 1', ("edits(forename) <= 1",)),
        ('(jaro_winkler_similarity("forename_l", "forename_r") >= 0.9) AND ("surname_l" = "surname_r")',
         ("jaro_winkler(forename) >= 0.9", "same(surname)")),
        ('"prefix_forename_1_l" = "prefix_forename_1_r"', ("same(prefix(forename, 1))",)),
        ("forename_l = forename_r AND forename_l = surname_r AND forename_r = surname_l",
         ("same(forename)", "swapped(forename, surname)")),
        ('NOT ("forename_l" = "forename_r")', ("not same(forename)", "both(forename)")),
    ],
)  # fmt: skip
def test_conditions_of_splink_are_recognised(condition, tests):
    model = from_splink(settings_with(level(condition)), SHORT, record_count=10)
    assert model.spec.attributes[0].levels[0].when == tests


@pytest.mark.parametrize(
    "condition",
    [
        'jaro_similarity("forename_l", "forename_r") >= 0.9',
        'jaccard("forename_l", "forename_r") >= 0.9',
        "array_length(list_intersect(forename_l, forename_r)) >= 1",
        '"forename_l" = "surname_r"',
        'levenshtein("forename_l", "forename_r") <= 1',
        '"nobody_l" = "nobody_r"',
        'NOT ("forename_l" = "forename_r" OR "surname_l" = "surname_r")',
    ],
)
def test_a_level_without_counterpart_is_refused_by_name(condition):
    with pytest.raises(ModelError, match="level 'told' of the comparison forename"):
        from_splink(settings_with(level(condition)), SHORT, record_count=10)


def test_levenshtein_is_taken_as_edits_only_when_asked():
    settings = settings_with(level('levenshtein("forename_l", "forename_r") <= 2'))
    model = from_splink(settings, SHORT, record_count=10, approximate=True)
    assert model.spec.attributes[0].levels[0].when == ("edits(forename) <= 2",)
    assert "two swapped neighbours" in model.facts["warnings"][0]


def test_term_frequency_is_taken_only_when_asked():
    settings = settings_with(
        NAME_LEVELS[1] | {"tf_adjustment_column": "forename", "tf_adjustment_weight": 1.0}
    )
    with pytest.raises(ModelError, match="term frequency of the level 'exact' of the comparison forename"):
        from_splink(settings, SHORT, record_count=10)
    model = from_splink(settings, SHORT, record_count=10, approximate=True)
    assert model.spec.attributes[0].term_frequency == "forename"
    assert "another formula" in model.facts["warnings"][0]


def test_term_frequency_below_the_strongest_level_is_refused_even_then():
    adjusted = NAME_LEVELS[1] | {"tf_adjustment_column": "forename"}
    settings = settings_with(level('"surname_l" = "surname_r"'), adjusted)
    with pytest.raises(ModelError, match="strongest level alone"):
        from_splink(settings, SHORT, record_count=10, approximate=True)


def test_a_model_that_is_not_trained_or_not_whole_is_refused():
    untrained = {k: v for k, v in NAME_LEVELS[1].items() if k != "m_probability"}
    with pytest.raises(ModelError, match="'exact' of the comparison forename is not trained"):
        from_splink(settings_with(untrained), SHORT, record_count=10)
    with pytest.raises(ModelError, match="no null level"):
        from_splink(settings_with(null=1), SHORT, record_count=10)
    without_rest = settings_with()
    without_rest["comparisons"][0]["comparison_levels"].pop()
    with pytest.raises(ModelError, match="no ELSE level"):
        from_splink(without_rest, SHORT, record_count=10)
    with pytest.raises(ModelError, match="no comparisons"):
        from_splink({}, SHORT, record_count=10)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("comparisons",), "x"),
        (("comparisons",), {"a": 1}),
        (("comparisons", 0), None),
        (("comparisons", 0, "output_column_name"), 1),
        (("comparisons", 0, "comparison_levels"), {"a": 1}),
        (("comparisons", 0, "comparison_levels", 1), "ELSE"),
        (("comparisons", 0, "comparison_levels", 1, "sql_condition"), None),
        (("comparisons", 0, "comparison_levels", 1, "label_for_charts"), []),
        (("comparisons", 0, "comparison_levels", 1, "tf_adjustment_column"), {}),
        (("blocking_rules_to_generate_predictions",), "x"),
        (("blocking_rules_to_generate_predictions", 0), {"blocking_rule": 1}),
        (("probability_two_random_records_match",), "x"),
        (("probability_two_random_records_match",), 0.0),
        (("probability_two_random_records_match",), float("nan")),
    ],
)
def test_settings_of_another_form_are_refused_by_the_place(place, value):
    settings = copy.deepcopy(settings_with(NAME_LEVELS[1]))
    part = settings
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    with pytest.raises(ModelError, match=rf"not of the form.*{'.'.join(map(str, place[:1]))}"):
        from_splink(settings, SHORT, record_count=100)


def test_a_condition_that_could_fill_the_memory_is_refused():
    either = " OR ".join(f'"{name}_l" = "{name}_r"' for name in ("forename", "surname", "postcode"))
    nested = '"sex_l" = "sex_r"'
    for number in range(250):
        nested = f'("sex_l" = "sex_r" {("AND", "OR")[number % 2]} {nested})'
    for condition, told in (
        (" AND ".join([f"({either})"] * 30), "more than 1,000 alternatives"),
        ("(" * 5_000 + nested + ")" * 5_000, "longer than 10,000 characters"),
    ):
        with pytest.raises(ModelError, match=told) as caught:
            from_splink(settings_with(level(condition)), SHORT, record_count=100)
        assert len(str(caught.value)) < 500


def test_a_condition_nested_too_deep_is_refused(monkeypatch):
    monkeypatch.setattr("linkage.engine.interchange.importing.LONGEST_CONDITION", 10**6)
    nested = '"sex_l" = "sex_r"'
    for number in range(1_500):
        nested = f'("sex_l" = "sex_r" {("AND", "OR")[number % 2]} {nested})'
    with pytest.raises(ModelError, match="nested too deep"):
        from_splink(settings_with(level(nested)), SHORT, record_count=100)


def test_a_blocking_rule_that_is_no_agreement_is_refused_unless_the_specification_has_its_own():
    settings = settings_with(NAME_LEVELS[1])
    settings["blocking_rules_to_generate_predictions"] = ["SUBSTRING(l.surname, 1, 4) = r.surname"]
    with pytest.raises(ModelError, match="blocking rule"):
        from_splink(settings, SHORT, record_count=10)
    with_rules = parse_spec(SHORT.model_dump() | {"blocking_rules": [["surname"]]}, "test")
    assert from_splink(settings, with_rules, record_count=10).spec.blocking_rules[0].keys == ("surname",)


def test_missing_in_either_column_says_nothing_where_splink_says_so(people):
    missing = '"forename_l" IS NULL OR "forename_r" IS NULL OR "surname_l" IS NULL OR "surname_r" IS NULL'
    settings = settings_with({"sql_condition": missing, "is_null_level": True}, NAME_LEVELS[1], null=0)
    settings["comparisons"][0]["comparison_levels"].pop(0)
    model = from_splink(settings, SHORT, record_count=RECORDS)
    table = pa.table({n: [None, "ANN", "ANN"] if n == "surname" else ["x", "x", "x"] for n in SHORT.columns})
    table = table.append_column("record_id", pa.array(["1", "2", "3"]))
    prepared = prepare(table, model.spec)
    first = int(np.flatnonzero(prepared.encoded.order == 0)[0])
    others = np.asarray([n for n in range(3) if n != first], dtype=np.int32)
    one = np.full(2, first, dtype=np.int32)
    assert prepared.compare(one, others).tolist() == [0, 0]
    assert prepared.compare(others[:1], others[1:]).tolist() == [2]
