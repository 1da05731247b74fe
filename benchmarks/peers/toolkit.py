"""The Python Record Linkage Toolkit: `python -m benchmarks.peers.toolkit RECORDS OUTDIR [--data people|council|febrl]`.

Its documented way without labels: an index of blocks, a comparison of each column cut to agree or disagree (a missing
value disagrees, its default), and the ECM classifier, which estimates Fellegi-Sunter on those.
"""

import pandas as pd
import pyarrow as pa
import recordlinkage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.peers.rules import BLOCKING, KEPT_PROBABILITY, MATCH_THRESHOLD
from benchmarks.peers.run import connect, from_arguments, prepare

PACKAGES = ("recordlinkage", "pandas", "jellyfish")
ALIKE = 0.85

FUZZY = {
    "people": {
        "forename": "jarowinkler",
        "surname": "jarowinkler",
        "birth_date": "levenshtein",
        "address": "levenshtein",
        "email": "jarowinkler",
    },
    "council": {
        "forename": "jarowinkler",
        "surname": "jarowinkler",
        "birth_date": "levenshtein",
        "address": "levenshtein",
        "email": "jarowinkler",
    },
    "febrl": {
        "given_name": "jarowinkler",
        "surname": "jarowinkler",
        "date_of_birth": "levenshtein",
        "soc_sec_id": "levenshtein",
        "address_1": "levenshtein",
        "suburb": "jarowinkler",
    },
}
EXACT = {
    "people": ("sex", "postcode", "phone"),
    "council": ("sex", "uprn", "postcode", "phone", "nhs_number", "nino", "upn"),
    "febrl": ("street_number", "postcode", "state"),
}


def candidate_pairs(frame: pd.DataFrame, data: str) -> pd.MultiIndex:
    """The pairs of row numbers that any blocking rule gives, each once."""
    index = recordlinkage.Index()
    for rule in BLOCKING[data]:
        index.block(list(rule))
    candidates: pd.MultiIndex = index.index(frame)
    return candidates


def agreements(candidates: pd.MultiIndex, frame: pd.DataFrame, data: str) -> pd.DataFrame:
    """1 or 0 of each column of each candidate pair: alike, or not or missing; float64, a row a pair."""
    compare = recordlinkage.Compare()
    for column, method in FUZZY[data].items():
        compare.string(column, column, method=method, threshold=ALIKE, label=column)
    for column in EXACT[data]:
        compare.exact(column, column, label=column)
    vectors: pd.DataFrame = compare.compute(candidates, frame)
    return vectors


def components(pairs: pd.DataFrame, records: int) -> pd.Series:
    """The cluster of every row number: the connected components of pairs of at least the threshold."""
    linked = pairs[pairs["score"] >= MATCH_THRESHOLD]
    edges = (linked["l"].to_numpy(), linked["r"].to_numpy())
    graph = coo_array((linked["score"].to_numpy(), edges), shape=(records, records))
    return pd.Series(connected_components(graph, directed=False)[1])


def main() -> None:
    """Run the toolkit on the records that the command line names."""
    run = from_arguments(settings=("plain",))
    records = run.read()
    connection = connect()
    with run.stage("prepare"):
        frame = connection.table(prepare(connection, records, run.data)).df()
    with run.stage("block"):
        candidates = candidate_pairs(frame, run.data)
    with run.stage("compare"):
        vectors = agreements(candidates, frame, run.data)
    with run.stage("train"):
        classifier = recordlinkage.ECMClassifier()
        classifier.fit(vectors)
    with run.stage("predict"):
        scores = classifier.prob(vectors).to_numpy()
        pairs = pd.DataFrame(
            {"l": candidates.get_level_values(0), "r": candidates.get_level_values(1), "score": scores}
        )
        pairs = pairs[pairs["score"] >= KEPT_PROBABILITY]
    with run.stage("cluster"):
        clusters = components(pairs, len(frame))
    ids = frame["record_id"]
    kept = {
        "record_id_l": ids.to_numpy()[pairs["l"]],
        "record_id_r": ids.to_numpy()[pairs["r"]],
        "score": pairs["score"].to_numpy(),
    }
    found = pa.table({"record_id": ids.to_numpy(), "cluster_id": clusters.to_numpy()})
    run.write(pa.table(kept), found, PACKAGES, {"candidate_pairs": len(candidates)})


if __name__ == "__main__":
    main()
