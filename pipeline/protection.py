"""Protected people in a run: hidden at ingest, before linking, and as far as linking shows them to reach.

    ingest (hide) -> validate -> standardise -> protect -> remember -> link -> cluster -> seal -> index

Only the database knows who is protected. No step leaves a table of it, and none counts it.
"""

from typing import Any

import pandas as pd
import sqlalchemy as sa

from linkage.protect.apart import forbidden_links as declared_links
from linkage.protect.apart import forbidden_through_clusters
from linkage.protect.declare import PERSON_WITHHELD, ROW_WITHHELD
from linkage.protect.reach import PLACE, declared_records, reach
from linkage.protect.sealing import seal_database
from linkage.protect.secret import Secret
from linkage.schema import CLUSTER
from linkage.store import protected
from linkage.store.artefacts import StepManifest
from linkage.store.database import connect
from linkage.store.known_records import companions, known_records
from linkage.store.transaction import writing
from pipeline.forgetting import forget_knowing_runs, forget_later
from pipeline.linking import CLUSTERED, cluster_records, drop_links, link_records
from pipeline.masking import mask_run
from pipeline.memory import compare_again, received_records, remembered_records
from pipeline.run import Run

NAMED = ["record_id", "source", "record_key", "person_key"]


def protect_records(run: Run) -> StepManifest:
    """What sources say about protected people -> nothing of it is left in what is known from earlier."""

    def work(_: object) -> dict[str, Any]:
        with connect(run.settings) as database:
            declared = protected.read_declared(database, run_id=run.run_id)
            if len(declared):
                _act_on(run, database, declared)
                with writing(database) as connection:
                    protected.forget_declared(connection, run.run_id)
        return {}

    return run.folder.run_step("protect", work)


def seal_records(run: Run) -> StepManifest:
    """Clusters -> every record of a protected person found and hidden; those concerned linked anew without it.

    Whom a record belongs to is known only from linking. What linking learnt from an address that must be withheld is
    thrown away with it: in the end nothing that the run leaves depends on it.
    """

    def work(_: object) -> dict[str, Any]:
        with connect(run.settings) as database:
            while _reach_further(run, database):
                link_records(run)
                cluster_records(run)
        return {}

    return run.folder.run_step("seal", work)


def protected_people(run: Run) -> pd.Index:
    """Ids of records of people whose address is withheld."""
    with connect(run.settings) as database:
        return Secret.of_reach(protected.read_protected(database)).people


def _act_on(run: Run, database: sa.Engine, declared: pd.DataFrame) -> None:
    received = received_records(run)[NAMED]
    past = known_records(database, declared)
    records = pd.concat([received, past], ignore_index=True).drop_duplicates("record_id")
    known = protected.read_protected(database)["record_id"]
    people = declared_records(records, declared)
    withheld = past[_is_withheld(past, declared)]
    gone = pd.concat([withheld, companions(database, withheld)], ignore_index=True).drop_duplicates()
    gone = gone[~gone["record_id"].isin(received["record_id"])]
    secret = Secret(
        people=pd.Index(people[~people.isin(known)].to_numpy(dtype=object)),
        gone=pd.Index(gone["record_id"].to_numpy(dtype=object)),
        forbidden=_new_links(declared_links(records, declared), protected.read_forbidden(database)),
    )
    rows = declared.loc[declared["kind"].eq(ROW_WITHHELD), ["source", "subject"]]
    rows = rows.rename(columns={"subject": "record_key"}).assign(is_gone=True)
    keys = pd.concat([rows, _keys(records, secret), gone[["source", "record_key"]].assign(is_gone=True)])
    keys = keys.drop_duplicates(["source", "record_key"])
    if secret or len(keys):
        forget_knowing_runs(run, keys[keys["is_gone"]])
        forget_later(run, keys[~keys["is_gone"].astype(bool)])
        seal_database(database, secret, keys, run_id=run.run_id, contracts=run.contracts)


def _is_withheld(records: pd.DataFrame, declared: pd.DataFrame) -> "pd.Series[bool]":
    by_row, by_person = (
        pd.MultiIndex.from_frame(
            declared.loc[declared["kind"].eq(kind), ["source", "subject"]].astype(object)
        )
        for kind in (ROW_WITHHELD, PERSON_WITHHELD)
    )
    named = [pd.MultiIndex.from_frame(records[["source", key]].astype(object)) for key in NAMED[2:]]
    return pd.Series(named[0].isin(by_row) | named[1].isin(by_person), index=records.index)


def _reach_further(run: Run, database: sa.Engine) -> bool:
    """Hide what is protected by now and find out what that reaches; whether the run has to link anew."""
    held = protected.read_protected(database)
    is_ours = held["since_run_id"].eq(run.run_id)
    records = remembered_records(run)
    if is_ours.any():
        forget_later(run, _keys(records, Secret.of_reach(held[is_ours])))
    if mask_run(run, records, Secret.of_reach(held).masked):
        compare_again(run)
        return True
    clusters = run.folder.read(CLUSTERED, "clusters", CLUSTER)
    found = reach(records, clusters, Secret.of_reach(held).people, contracts=run.contracts)
    forbidden = protected.read_forbidden(database)
    spread = _new_links(forbidden_through_clusters(clusters, forbidden), forbidden)
    fresh = _not_yet(found, held)
    if fresh.empty and spread.empty:
        protected.drop_places(database, _no_longer(found, held, records))
        return False
    reached = Secret.of_reach(fresh)
    secret = Secret(people=reached.people, places=reached.places, forbidden=spread)
    seal_database(database, secret, _keys(records, secret), run_id=run.run_id, contracts=run.contracts)
    drop_links(run)
    return True


def _not_yet(found: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Records that are reached and not, or not so far, protected yet."""
    columns = ["record_id", "reach"]
    both = found.merge(held[columns].assign(is_held=True), on=columns, how="left")
    return both.loc[both["is_held"].isna(), columns].reset_index(drop=True)


def _no_longer(found: pd.DataFrame, held: pd.DataFrame, records: pd.DataFrame) -> pd.Series:
    """Records that were protected for the place they share with somebody, and share it with nobody protected now."""
    is_place = held["reach"].eq(PLACE) & held["record_id"].isin(records["record_id"])
    return held.loc[is_place & ~held["record_id"].isin(found["record_id"]), "record_id"]


def _new_links(links: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    columns = ["record_id_l", "record_id_r"]
    known = pd.MultiIndex.from_frame(held[columns].astype(object))
    return links[~pd.MultiIndex.from_frame(links[columns].astype(object)).isin(known)].reset_index(drop=True)


def _keys(records: pd.DataFrame, secret: Secret) -> pd.DataFrame:
    """The rows of records whose address is withheld: `source`, `record_key`, `is_gone`."""
    named = records.loc[records["record_id"].isin(secret.masked), ["source", "record_key"]]
    return named.drop_duplicates().assign(is_gone=False)
