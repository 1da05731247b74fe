"""Protected people in a run: hidden at ingest, before linking, and as far as linking shows them to reach.

    ingest (hide) -> validate -> standardise -> protect -> remember -> link -> cluster -> seal -> index

Only the database knows who is protected. No step leaves a table of it, and none counts it.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from linkage.protect.apart import forbidden_links as declared_links
from linkage.protect.apart import forbidden_through_clusters
from linkage.protect.declare import PERSON_WITHHELD, ROW_WITHHELD
from linkage.protect.mask import mask_records
from linkage.protect.reach import PERSON, PLACE, declared_records, places_of_records, reach
from linkage.protect.sealing import seal_database
from linkage.protect.secret import Secret
from linkage.schema import CLUSTER, RECORD, conform
from linkage.store import protected
from linkage.store.artefacts import StepManifest
from linkage.store.database import connect
from linkage.store.known_records import companions, known_records
from linkage.store.transaction import writing
from linkage.texts import is_one_of
from pipeline.forgetting import forget_knowing_runs, forget_later, forget_unless_sealed, note_sealed
from pipeline.freezing import LINK, keep
from pipeline.linking import (
    CLUSTERED,
    Clusters,
    Links,
    cluster_records,
    drop_links,
    link_records,
    make_clusters,
    make_links,
)
from pipeline.masking import mask_run, still_located
from pipeline.memory import received_records, remembered_records
from pipeline.run import Run
from pipeline.stages import forget_corrections

KNOWN = ["record_id", "reach"]
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
    """Clusters -> every record of a protected person found and hidden; all linked anew without their addresses.

    Whom a record belongs to is known only from linking. What linking learnt from an address that must be withheld is
    thrown away with it: in the end nothing that the run leaves depends on it.
    """

    def work(_: object) -> dict[str, Any]:
        link_records(run)
        cluster_records(run)
        with connect(run.settings) as database:
            _hide(run, database, _found(run, database))
        return keep(run)

    return run.folder.run_step("seal", work)


def protected_people(run: Run) -> pd.Index:
    """Ids of records of people whose address is withheld."""
    with connect(run.settings) as database:
        return Secret.of_reach(protected.read_protected(database)).people


def _act_on(run: Run, database: sa.Engine, declared: pd.DataFrame) -> None:
    received = received_records(run, NAMED)
    past = known_records(database, declared)
    records = pd.concat([received, past], ignore_index=True).drop_duplicates("record_id")
    held = protected.read_protected(database)
    known = held.loc[held["reach"].eq(PERSON), "record_id"]
    people = declared_records(records, declared)
    withheld = past[_is_withheld(past, declared)]
    gone = pd.concat([withheld, companions(database, withheld)], ignore_index=True).drop_duplicates()
    gone = gone[~is_one_of(gone["record_id"], received["record_id"])]
    secret = Secret(
        people=pd.Index(people[~is_one_of(people, known)].to_numpy(dtype=object)),
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


@dataclass(frozen=True, slots=True)
class _Found:
    """What has to be hidden by the time that linking without it reaches nobody more.

    Attributes:
        records: Frame conforming to `REMEMBERED`: what the run remembers, as its tables hold it so far.
        held: Frame conforming to `PROTECTED_RECORD`: what was protected before.
        secret: What is protected besides.
        reached: What `reach` gives for all of it.
        located: Rows of the records that are to be masked and are not yet.
        remade: Links and clusters without all that; nothing where those of the run are without it.
    """

    records: pd.DataFrame
    held: pd.DataFrame
    secret: Secret
    reached: pd.DataFrame
    located: pd.DataFrame
    remade: tuple[Links, Clusters] | None


def _found(run: Run, database: sa.Engine) -> _Found:
    """Mask, link, cluster and see whom that reaches, again and again, in memory, until it reaches nobody more."""
    records, held = remembered_records(run), protected.read_protected(database)
    forbidden = apart = protected.read_forbidden(database)
    clusters = run.folder.read(CLUSTERED, "clusters", CLUSTER)
    known, located = held[KNOWN], still_located(records, Secret.of_reach(held).masked)
    remade = _linked_without(run, records, located, forbidden) if len(located) else None
    places = places_of_records(records, run.contracts)
    while True:
        now = clusters if remade is None else remade[1].table
        reached = reach(records, now, Secret.of_reach(known).people, places=places)
        spread = _new_links(forbidden_through_clusters(now, apart), apart)
        fresh = _not_yet(reached, known)
        if fresh.empty and spread.empty:
            break
        known = pd.concat([known, fresh], ignore_index=True)
        apart = pd.concat([apart, spread], ignore_index=True)
        located = still_located(records, Secret.of_reach(known).masked)
        remade = _linked_without(run, records, located, apart)
    # Who is found to be of a protected person may have been found to share a place with one before.
    known = known.sort_values("reach", key=lambda column: column.ne(PERSON)).drop_duplicates("record_id")
    new = Secret.of_reach(_not_yet(known, held))
    secret = Secret(people=new.people, places=new.places, forbidden=_new_links(apart, forbidden))
    return _Found(records, held, secret, reached, located, remade)


def _linked_without(
    run: Run, records: pd.DataFrame, located: pd.DataFrame, forbidden: pd.DataFrame
) -> tuple[Links, Clusters]:
    """Links and clusters of the records as they are once some are masked."""
    ids = pd.Index(located["record_id"])
    masked = conform(mask_records(records, ids)[RECORD.names], RECORD)
    links = make_links(run, masked, forbidden, masked=ids.tolist())
    return links, make_clusters(run, masked, links, forbidden)


def _hide(run: Run, database: sa.Engine, found: _Found) -> None:
    """Hide what was found in the database and in the run; killed half-way and done again, it goes on."""
    is_ours = found.held["since_run_id"].eq(run.run_id)
    ours = [Secret.of_reach(found.held[is_ours]), found.secret]
    keys = pd.concat([_keys(found.records, secret) for secret in ours], ignore_index=True)
    if found.remade is not None:
        forget_unless_sealed(run)
    forget_later(run, keys)
    if found.secret:
        seal_database(database, found.secret, keys, run_id=run.run_id, contracts=run.contracts)
        forget_corrections()
    now = protected.read_protected(database)
    protected.drop_places(database, _no_longer(found.reached, now, found.records))
    if found.remade is not None:
        took = {
            step: manifest.seconds for step in (LINK, CLUSTERED) if (manifest := run.folder.manifest(step))
        }
        drop_links(run)
        people = Secret.of_reach(found.held).people.append(found.secret.people)
        mask_run(run, found.located, people)
        link_records(run, found.remade[0], seconds=took.get(LINK))
        cluster_records(run, found.remade[1], seconds=took.get(CLUSTERED))
    note_sealed(run)


def _not_yet(found: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Records that are reached and not, or not so far, protected yet."""
    both = found[KNOWN].merge(held[KNOWN].assign(is_held=True), on=KNOWN, how="left")
    return both.loc[both["is_held"].isna(), KNOWN].reset_index(drop=True)


def _no_longer(found: pd.DataFrame, held: pd.DataFrame, records: pd.DataFrame) -> pd.Series:
    """Records that were protected for the place they share with somebody, and share it with nobody protected now."""
    is_place = held["reach"].eq(PLACE) & is_one_of(held["record_id"], records["record_id"])
    return held.loc[is_place & ~is_one_of(held["record_id"], found["record_id"]), "record_id"]


def _new_links(links: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    columns = ["record_id_l", "record_id_r"]
    known = pd.MultiIndex.from_frame(held[columns].astype(object))
    return links[~pd.MultiIndex.from_frame(links[columns].astype(object)).isin(known)].reset_index(drop=True)


def _keys(records: pd.DataFrame, secret: Secret) -> pd.DataFrame:
    """The rows of records whose address is withheld: `source`, `record_key`, `is_gone`."""
    named = records.loc[is_one_of(records["record_id"], secret.masked), ["source", "record_key"]]
    return named.drop_duplicates().assign(is_gone=False)
