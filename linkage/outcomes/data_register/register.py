"""Who holds what data, for what, under which protocol, for how long, and when it last came: a row a source."""

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from linkage.contracts import Contract
from linkage.outcomes.data_register.kinds import is_special, kinds_of_data
from linkage.outcomes.open_data.release import rounded
from linkage.outcomes.open_data.rules import open_data_rules
from linkage.outcomes.outcome import Figure, count, share
from linkage.outcomes.view import View
from linkage.reference import read_reference
from linkage.schema import ADDRESS, DATA_HOLDING, SOURCE_RECORD, SOURCE_STATE, conform


def data_register(view: View) -> pd.DataFrame:
    """Frame conforming to `DATA_HOLDING`: every source under contract, the gazetteer among them."""
    states = view.rows(SOURCE_STATE).set_index("source")
    counts = _record_counts(view)
    rows = [
        {
            **_of_contract(contract),
            **_of_protocol(view, contract),
            "run_id": view.run_id,
            "last_refreshed_date": states["snapshot_date"].get(source, _unheard(view, contract)),
            "is_stale": bool(states["is_stale"].get(source, False)),
            "record_count": counts.get(source, pd.NA),
        }
        for source, contract in sorted(view.contracts.items())
    ]
    return conform(pd.DataFrame(rows, columns=DATA_HOLDING.names), DATA_HOLDING)


def data_register_figures(frame: pd.DataFrame, view: View) -> Sequence[Figure]:  # as every outcome
    """How many sources there are, and how many are held on terms that are in force."""
    in_force = int(frame["protocol_standing"].eq("in_force").sum())
    return (
        count("holdings", len(frame), "Sources in the register of data held."),
        share("in_force_share", in_force, len(frame), "Sources whose sharing protocol is in force."),
        count("stale", int(frame["is_stale"].sum()), "Sources that have not come for this snapshot."),
    )


def _of_contract(contract: Contract) -> dict[str, Any]:
    return {
        "source": contract.source,
        "title": contract.title,
        "owner": contract.owner,
        "uses": _json(_uses(contract)),
        "lawful_basis": contract.lawful_basis,
        "sensitivity": contract.sensitivity,
        "personal_data": _json(kinds_of_data(contract)),
        "is_special": is_special(contract),
        "kept_for": contract.retention,
        "refreshed": contract.cadence,
    }


def _of_protocol(view: View, contract: Contract) -> dict[str, Any]:
    protocol = view.protocols.get(contract.sharing_protocol)
    return {
        "purpose": contract.purpose if protocol is None else protocol.purpose,
        "protocol_id": contract.sharing_protocol,
        "protocol_title": None if protocol is None else protocol.title,
        "parties": _json([] if protocol is None else protocol.parties),
        "legal_powers": _json([] if protocol is None else protocol.legal_powers),
        "review_date": pd.NaT if protocol is None else pd.Timestamp(protocol.review_on),
        "protocol_standing": "unknown" if protocol is None else protocol.standing(view.snapshot_date),
    }


def _unheard(view: View, contract: Contract) -> Any:
    """When a source came that the memory of records does not know: every run reads a gazetteer, so with the run."""
    return view.today if contract.kind == "gazetteer" else pd.NaT


def _uses(contract: Contract) -> list[dict[str, str]]:
    known = {row["purpose"]: row for row in read_reference("purposes")}
    return [dict(known[use]) for use in contract.uses if use in known]


def _record_counts(view: View) -> "pd.Series[Any]":
    """Records in force by source, by the rules of the open data: rounded, and none told below the threshold."""
    records = view.rows(SOURCE_RECORD, "source", "closed_date")
    counts = records.loc[records["closed_date"].isna(), "source"].value_counts()
    properties = [source for source, contract in view.contracts.items() if contract.kind == "gazetteer"]
    for source in properties:
        counts[source] = len(view.rows(ADDRESS, "is_parent"))
    rules = open_data_rules()
    return rounded(counts, rules.rounding.base).where(counts >= rules.threshold.value).astype("Int64")


def _json(items: object) -> str:
    return json.dumps(items, ensure_ascii=False)
