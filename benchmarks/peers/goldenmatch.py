"""GoldenMatch: `python -m benchmarks.peers.goldenmatch RECORDS OUTDIR [--setting plain|probability]`.

Its Fellegi-Sunter matchkey over the columns, with the blocking rules as passes. The scorers and levels are those
that its own auto-configuration picks for such columns. `plain` leaves the score and the cut as the library has them:
weights rescaled to 0..1, cut where its model says. `probability` asks for the score as a probability and cuts it at
the threshold of the other peers.
"""

import os
import sys

import goldenmatch  # type: ignore[import-not-found]
import pyarrow as pa
from goldenmatch.config.schemas import (  # type: ignore[import-not-found]
    BlockingConfig,
    BlockingKeyConfig,
    GoldenMatchConfig,
    MatchkeyConfig,
    MatchkeyField,
)

from benchmarks.peers.rules import BLOCKING, KEPT_PROBABILITY, MATCH_THRESHOLD
from benchmarks.peers.run import Run, connect, from_arguments, prepare

PACKAGES = ("goldenmatch", "goldenmatch-native", "pyarrow")

GRADED = {
    "people": {
        "forename": "given_name_aliased_jw",
        "surname": "name_freq_weighted_jw",
        "birth_date": "levenshtein",
        "address": "token_sort",
    },
    "council": {
        "forename": "given_name_aliased_jw",
        "surname": "name_freq_weighted_jw",
        "birth_date": "levenshtein",
        "address": "token_sort",
    },
    "febrl": {
        "given_name": "given_name_aliased_jw",
        "surname": "name_freq_weighted_jw",
        "date_of_birth": "levenshtein",
        "address_1": "token_sort",
        "suburb": "token_sort",
    },
}
EXACT = {
    "people": ("sex", "postcode", "phone", "email"),
    "council": ("sex", "uprn", "postcode", "phone", "email", "nhs_number", "nino", "upn"),
    "febrl": ("street_number", "postcode", "state", "soc_sec_id"),
}


def configuration(run: Run) -> GoldenMatchConfig:
    """One probabilistic matchkey over the columns, and one blocking pass a rule."""
    graded = [MatchkeyField(field=name, scorer=scorer, levels=3) for name, scorer in GRADED[run.data].items()]
    exact = [MatchkeyField(field=name, scorer="exact") for name in EXACT[run.data]]
    matchkey = MatchkeyConfig(
        name="person",
        type="probabilistic",
        fields=graded + exact,
        link_threshold=MATCH_THRESHOLD if run.setting == "probability" else None,
        review_threshold=KEPT_PROBABILITY,
    )
    # Additive: a column of a rule is compared and trained as any other. Here every rule's columns are compared.
    passes = [BlockingKeyConfig(fields=list(rule), additive=True) for rule in BLOCKING[run.data]]
    blocking = BlockingConfig(strategy="multi_pass", passes=passes)
    return GoldenMatchConfig(matchkeys=[matchkey], blocking=blocking)


def pair_table(found: list[tuple[int, int, float]], ids: pa.ChunkedArray) -> pa.Table:
    """Scored pairs of row numbers as `record_id_l`, `record_id_r`, `score`."""
    left, right, score = (pa.array(column) for column in zip(*found, strict=True))
    return pa.table({"record_id_l": ids.take(left), "record_id_r": ids.take(right), "score": score})


def cluster_table(clusters: dict[int, dict[str, list[int]]], ids: pa.ChunkedArray) -> pa.Table:
    """GoldenMatch's clusters, which name their row numbers, as a row a record."""
    members = pa.array([cluster["members"] for cluster in clusters.values()])
    keys = pa.array(list(clusters)).take(members.value_parent_indices())
    return pa.table({"record_id": ids.take(members.flatten()), "cluster_id": keys})


def main() -> None:
    """Run GoldenMatch on the records that the command line names."""
    run = from_arguments(settings=("plain", "probability"))
    # The library reads these when it runs: no reports of usage; the scale of the score.
    os.environ["GOLDENMATCH_ANALYTICS"] = "0"
    os.environ["GOLDENMATCH_FS_CALIBRATED"] = "posterior" if run.setting == "probability" else "linear"
    records = run.read()
    connection = connect()
    with run.stage("prepare"):
        table = connection.table(prepare(connection, records, run.data)).to_arrow_table()
    with run.stage("dedupe"):
        result = goldenmatch.dedupe_df(table.drop_columns(["record_id"]), config=configuration(run))
    # Short of memory the library drops the scored pairs and keeps the clusters: that run cannot be measured.
    if result.scored_pairs_shed or result.match_fused_capacity_mode:
        sys.exit("GoldenMatch dropped the scored pairs for want of memory; use fewer records or more memory.")
    ids = table["record_id"]
    pairs = pair_table(result.scored_pairs + result.review_pairs, ids)
    run.write(pairs, cluster_table(result.clusters, ids), PACKAGES, {})


if __name__ == "__main__":
    main()
