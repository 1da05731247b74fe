"""Splink 5 on DuckDB: `python -m benchmarks.peers.splink RECORDS OUTDIR [--setting plain|expert]`.

`plain` is what Splink's documentation has a user write: its ready-made comparison of each column. `expert` joins
the columns that members of a household share into one comparison, because the weights of columns that agree together
by household would otherwise each be counted in full.
"""

from typing import Any

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.blocking_rule_library import CustomRule

from benchmarks.peers.rules import BLOCKING, KEPT_PROBABILITY, MATCH_THRESHOLD
from benchmarks.peers.run import Run, connect, from_arguments, prepare

PACKAGES = ("splink", "duckdb")
SEED = 1
RANDOM_PAIRS = {"plain": 1e6, "expert": 1e7}
EM_PAIRS = 1e6
DETERMINISTIC_RECALL = 0.7

SHARED = {
    "people": ("surname", "address", "postcode", "phone", "email"),
    "council": ("surname", "uprn", "postcode", "phone", "email"),
}
"""What a household may share; the second is the home."""

# Rules that seldom join two people. `expert` knows that a family may share an email.
DETERMINISTIC = {
    ("people", "plain"): (("email",), ("forename", "surname", "birth_date")),
    ("people", "expert"): (("email", "forename"), ("forename", "surname", "birth_date")),
    ("council", "plain"): (("nino",), ("forename", "surname", "birth_date")),
    ("council", "expert"): (("nino",), ("email", "forename"), ("forename", "surname", "birth_date")),
    ("febrl", "plain"): (("soc_sec_id",), ("given_name", "surname", "date_of_birth")),
    ("febrl", "expert"): (("soc_sec_id",), ("given_name", "surname", "date_of_birth")),
}
# The blockings of EM. Those of `plain` are of its documentation; those of `expert` leave the household's comparison
# to be estimated among pairs who agree on forename and birth date, where it tells movers and not relatives.
TRAINING = {
    ("people", "plain"): (("forename", "surname"), ("birth_date",)),
    ("people", "expert"): (("forename", "birth_date"), ("surname", "postcode")),
    ("council", "plain"): (("forename", "surname"), ("birth_date",)),
    ("council", "expert"): (("forename", "birth_date"), ("surname", "postcode")),
    ("febrl", "plain"): (("date_of_birth",), ("postcode",)),
    ("febrl", "expert"): (("date_of_birth",), ("postcode",)),
}


def household_comparison(data: str) -> Any:
    """Surname, home, postcode, phone and email as one comparison: its levels are what a household may share."""
    shared = SHARED[data]
    surname, address, postcode, phone, email = (cll.ExactMatchLevel(column) for column in shared)
    alike_surname, alike_address = (cll.JaroWinklerLevel(column, 0.88) for column in ("surname", "address"))
    contact = cll.Or(phone, email)
    by_surname: dict[str, Any] = {"tf_adjustment_column": "surname", "disable_tf_exact_match_detection": True}
    levels: list[Any] = [
        cll.And(*(cll.NullLevel(column) for column in shared)),
        cll.And(surname, address, phone, email),
        cll.And(surname, address, contact),
        cll.And(surname, address),
        cll.And(address, contact),
        cll.And(surname, contact),
        address,
        cll.And(alike_surname, alike_address),
        cll.And(phone, email),
        contact,
        cll.And(surname, postcode).configure(**by_surname),
        postcode,
        cll.ExactMatchLevel("surname").configure(**by_surname),
        cll.ElseLevel(),
    ]
    return cl.CustomComparison(levels, output_column_name="household")


def people_comparisons(setting: str) -> list[Any]:
    """The comparisons of people's columns in a setting."""
    own = [
        cl.NameComparison("forename"),
        cl.DateOfBirthComparison("birth_date", input_is_string=True),
        cl.ExactMatch("sex"),
    ]
    if setting == "expert":
        return [*own, household_comparison("people")]
    return [
        *own,
        cl.NameComparison("surname"),
        cl.JaroWinklerAtThresholds("address").configure(term_frequency_adjustments=True),
        cl.PostcodeComparison("postcode"),
        cl.ExactMatch("phone"),
        cl.EmailComparison("email"),
    ]


def council_comparisons(setting: str) -> list[Any]:
    """The comparisons of a council's records; the property, where it is known, says more than the line."""
    own = [
        cl.NameComparison("forename"),
        cl.DateOfBirthComparison("birth_date", input_is_string=True),
        cl.ExactMatch("sex"),
        cl.ExactMatch("age_group"),
        cl.JaroWinklerAtThresholds("middle_names"),
        *(cl.DamerauLevenshteinAtThresholds(number, 1) for number in ("nhs_number", "nino", "upn")),
    ]
    if setting == "expert":
        return [*own, household_comparison("council")]
    return [
        *own,
        cl.NameComparison("surname"),
        cl.ExactMatch("uprn").configure(term_frequency_adjustments=True),
        cl.PostcodeComparison("postcode"),
        cl.ExactMatch("phone"),
        cl.EmailComparison("email"),
    ]


def febrl_comparisons(setting: str) -> list[Any]:
    """The comparisons of Febrl's columns in a setting; `expert` also knows names that were swapped."""
    names: list[Any] = [cl.NameComparison("given_name"), cl.NameComparison("surname")]
    if setting == "expert":
        names = [cl.ForenameSurnameComparison("given_name", "surname")]
    return [
        *names,
        cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("address_1").configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("suburb").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
    ]


COMPARISONS = {"people": people_comparisons, "council": council_comparisons, "febrl": febrl_comparisons}


def _candidates(rule: tuple[str, ...], data: str) -> Any:
    """A blocking rule; the people whom one raw row of a council's source names are never one person."""
    if data != "council":
        return block_on(*rule)
    return CustomRule(" AND ".join([*(f"l.{key} = r.{key}" for key in rule), "l.raw_row <> r.raw_row"]))


def settings(run: Run) -> SettingsCreator:
    """Splink's settings: the comparisons of this run and the blocking rules that every peer has."""
    comparisons = COMPARISONS[run.data]
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=comparisons(run.setting),
        blocking_rules_to_generate_predictions=[_candidates(rule, run.data) for rule in BLOCKING[run.data]],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )


def train(linker: Linker, run: Run) -> None:
    """Estimate the prior from deterministic rules, u from random pairs, m by EM in two blockings."""
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in DETERMINISTIC[run.data, run.setting]], recall=DETERMINISTIC_RECALL
    )
    training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS[run.setting], seed=SEED)
    for rule in TRAINING[run.data, run.setting]:
        training.estimate_parameters_using_expectation_maximisation(block_on(*rule), max_pairs=EM_PAIRS)


def main() -> None:
    """Run Splink on the records that the command line names."""
    run = from_arguments(settings=("plain", "expert"))
    records = run.read()
    connection = connect()
    with run.stage("prepare"):
        table = prepare(connection, records, run.data)
        database = DuckDBAPI(connection)
        linker = Linker(database.register(table), settings(run))
    with run.stage("train"):
        train(linker, run)
    with run.stage("predict"):
        predicted = linker.inference.predict(threshold_match_probability=KEPT_PROBABILITY)
    with run.stage("cluster"):
        clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_probability=MATCH_THRESHOLD
        )
    scored = "record_id_l, record_id_r, match_probability AS score"
    pairs = connection.table(predicted.physical_name).project(scored)
    clusters = connection.table(clustered.physical_name).project("record_id, cluster_id")
    run.write(pairs.to_arrow_table(), clusters.to_arrow_table(), PACKAGES, {})


if __name__ == "__main__":
    main()
