"""An index that remembers: system time of every row, what was published before, records and stays through time.

What an earlier version has published stays live, as publication 1. Its residences become stays; what its services
stated of them is known again from the next run on.
"""

import sqlalchemy as sa
from alembic import op

from linkage.errors import StoreError
from linkage.store.migrations.columns import TableSpec, column

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FROM = "from_publication_id"
TO = "to_publication_id"
SINCE = "Publication since which readers see the row."
UNTIL = "Publication since which they no longer do."
OLD_KEYS = {
    "address": ("uprn",),
    "resident": ("resident_id",),
    "golden_value": ("resident_id", "attribute"),
    "crosswalk": ("record_id",),
    "household": ("household_id",),
    "household_link": ("resident_id_l", "resident_id_r"),
}
"""Tables that an earlier version has, with their keys."""

TABLES: dict[str, TableSpec] = {
    "source_record": (
        "One record as the index remembers it: as its source last sent it, closed when the source no longer sends it.",
        ("record_id",),
        (
            (
                "record_id",
                "text",
                "<source>:<record key>:<person role>:<position>; stable between snapshots.",
            ),
            ("source", "text", "Source the record came from."),
            ("record_key", "text", "The source's own key."),
            (
                "person_key",
                "text?",
                "The source's own id of the person, where it has one in all their rows.",
            ),
            ("person_role", "text", "Role of the person in the row, as the contract names it."),
            ("person_position", "integer", "Position among the people of that role in the row, from 1."),
            ("title", "text?", "Title, such as MR or DR."),
            (
                "forename",
                "text?",
                "First forename, upper case without accents; an initial where only that is known.",
            ),
            ("forename_root", "text?", "Name that the forename is a short form of, or the forename itself."),
            ("middle_names", "text?", "Further forenames, space-separated."),
            (
                "surname",
                "text?",
                "Surname, upper case without accents, particles joined, double-barrelled with a space.",
            ),
            ("surname_alias", "text?", "Other surname the source gives: preferred, former or also known as."),
            ("name_suffix", "text?", "JR, SR, II and the like."),
            ("birth_date", "date?", "Birth date; first of the month or year where only those are known."),
            ("birth_date_precision", "text?", "day, month or year; missing when the birth date is."),
            ("is_birth_date_weak", "boolean", "A full date that is likely a stand-in, such as 1 January."),
            (
                "age_group",
                "text?",
                "adult (18 or over) or child at the snapshot: by the birth date, else by what the role in "
                "the row implies.",
            ),
            ("death_date", "date?", "Date of death where the source gives one."),
            ("sex", "text?", "F, M or missing."),
            ("uprn", "text?", "UPRN of the address, given or found."),
            (
                "uprn_match_grade",
                "text?",
                "given, exact, building, street or fuzzy; missing when no UPRN was found.",
            ),
            ("parent_uprn", "text?", "UPRN of the building, or the UPRN itself when it has no parent."),
            ("address_text", "text?", "Address lines in one, normalised."),
            ("postcode", "text?", "Postcode with one space."),
            ("phone", "text?", "Telephone number, E.164."),
            ("email", "text?", "E-mail address, lower case."),
            ("nhs_number", "text?", "NHS number, ten digits, check digit right."),
            ("nino", "text?", "National Insurance number, nine characters."),
            ("upn", "text?", "Unique pupil number, thirteen characters; education use only."),
            ("start_date", "date?", "First day the source states for this record."),
            ("end_date", "date?", "Last day the source states; missing when open."),
            ("is_live", "boolean", "The source says this record is current on the snapshot date."),
            ("first_snapshot_date", "date", "Snapshot in which the record was first received."),
            ("closed_date", "date?", "First snapshot without it; missing while its source sends it."),
        ),
    ),
    "record_alias": (
        "One id that a record had before its source gave it another: the content was recognised.",
        ("alias_record_id",),
        (
            ("alias_record_id", "text", "Record id that is no longer sent."),
            ("record_id", "text", "Record id that has taken its place."),
        ),
    ),
    "source_state": (
        "One source as the index last heard from it.",
        ("source",),
        (
            ("source", "text", "Source."),
            ("snapshot_date", "date", "Snapshot in which the source last delivered."),
            (
                "first_snapshot_date",
                "date?",
                "Snapshot in which it first delivered; missing where that is not known.",
            ),
            ("is_stale", "boolean", "It has not delivered for the snapshot of the live run."),
        ),
    ),
    "residence": (
        "One stay of one resident at one address, as services state it.",
        ("resident_id", "uprn", "stay"),
        (
            ("resident_id", "text", "Resident."),
            ("uprn", "text", "Address."),
            ("stay", "integer", "Number of the stay, from 1: somebody may come back to an address."),
            (
                "standing",
                "text",
                "current, disputed (a service still says so, but it is not held to be the current one) or former.",
            ),
            ("is_current", "boolean", "This is the resident's current address."),
            ("from_date", "date?", "Since when; missing when no service says."),
            ("to_date", "date?", "Until when; missing while the stay goes on, or when no service says."),
            ("probability", "number", "How sure it is that the resident lives, or lived, there: 0 to 1."),
            ("source_count", "integer", "Sources that state this address."),
            ("record_count", "integer", "Records that state this address."),
        ),
    ),
    "residence_evidence": (
        "One statement of one record that its person lives, or lived, at one address.",
        ("record_id", "uprn", "first_snapshot_date"),
        (
            ("record_id", "text", "Record that states it."),
            ("uprn", "text", "Address."),
            ("first_snapshot_date", "date", "Snapshot in which it was first stated."),
            ("resident_id", "text", "Resident of the record."),
            ("stay", "integer", "Stay that it is evidence of."),
            ("source", "text", "Source of the record."),
            ("uprn_match_grade", "text?", "How the UPRN was found: given, exact, building, street or fuzzy."),
            ("from_date", "date?", "First day that the source states; missing when it states none."),
            ("to_date", "date?", "Last day that the source states; missing when it states none."),
            ("closed_date", "date?", "First snapshot in which it was no longer stated; missing while it is."),
            ("is_live", "boolean", "The source says so now."),
            ("weight", "number", "Weight of the statement now: 0 to 1."),
        ),
    ),
    "household_member": (
        "One stay of one resident in one household, now or before.",
        ("household_id", "resident_id", "stay"),
        (
            ("household_id", "text", "Household."),
            ("resident_id", "text", "Resident."),
            ("stay", "integer", "Number of the stay, as in `residence`."),
            ("uprn", "text", "Address of the household."),
            ("is_current", "boolean", "The resident is a member now."),
            ("from_date", "date?", "Since when; missing when no service says."),
            ("to_date", "date?", "Until when; missing while the stay goes on, or when no service says."),
            ("probability", "number", "How sure the stay is: 0 to 1."),
        ),
    ),
    "stated_relation": (
        "One relation between two residents that a source states.",
        ("resident_id", "related_resident_id", "relation", "source"),
        (
            ("resident_id", "text", "Resident."),
            ("related_resident_id", "text", "The other."),
            ("relation", "text", "What the other is to the resident, such as parent, child or partner."),
            ("source", "text", "Source that states it."),
            ("record_id", "text", "Record of the resident in the row that states it."),
            ("related_record_id", "text", "Record of the other in that row."),
            ("is_live", "boolean", "Both records are current."),
        ),
    ),
    "judgement_conflict": (
        "One judgement among those that cannot all be right, or that has no effect.",
        ("conflict_id", "judgement_id"),
        (
            ("conflict_id", "text", "Identity of the conflict."),
            ("judgement_id", "text", "Judgement."),
            ("kind", "text", "What is wrong, in words."),
            ("verdict", "text", "What this one says."),
            ("is_in_force", "boolean", "Whether it is followed all the same; the others are set aside."),
        ),
    ),
    "change": (
        "One change in the life of a household or resident that a run found since the run before.",
        ("change_id",),
        (
            ("change_id", "text", "Hash of what changed, for whom and when."),
            ("run_id", "text", "Run that found it."),
            (
                "kind",
                "text",
                "joined, left, born, died, new_adult_with_child, child_in_two_places or household_dissolved.",
            ),
            ("household_id", "text?", "Household concerned; missing when none is."),
            ("resident_id", "text?", "Resident concerned; missing when the whole household is."),
            (
                "related_resident_id",
                "text?",
                "Another resident concerned, such as the child whom a new adult joined.",
            ),
            ("change_date", "date?", "When it happened, as far as services state it."),
            ("probability", "number", "How sure it is: 0 to 1."),
            ("source_count", "integer", "Sources that bear it out."),
            ("reason", "text", "Why it is held to have happened, in plain words; no value of a person."),
            ("evidence", "json", "Sources with their dates and weights, as a JSON list."),
        ),
    ),
}
"""New tables of the index: what a row is, its key and its columns."""

LOOK_UPS = {
    "address": (("postcode",),),
    "change": (("resident_id",), ("related_resident_id",), ("household_id",), ("run_id", "kind")),
    "crosswalk": (("resident_id",), ("source", "record_key")),
    "golden_value": (("record_id",),),
    "household": (("uprn",),),
    "household_link": (("resident_id_r",),),
    "household_member": (("resident_id",),),
    "record_alias": (("record_id",),),
    "residence": (("uprn",),),
    "residence_evidence": (("resident_id",), ("uprn",)),
    "resident": (("uprn",), ("household_id",), ("surname", "forename"), ("birth_date",)),
    "source_record": (("source", "record_key"),),
    "stated_relation": (("related_resident_id",),),
}

RESIDENCES = """
INSERT INTO published.residence (resident_id, uprn, stay, standing, is_current, from_date, to_date, probability,
    source_count, record_count, from_publication_id)
SELECT resident_id, uprn, 1, CASE WHEN is_current THEN 'current' ELSE 'former' END, is_current, first_date,
    CASE WHEN is_current THEN NULL ELSE last_date END, 0.5, source_count, record_count, 1
FROM published.residence_before
"""
KIND_BEFORE = "household or communal."
KIND = "single, family, shared, hmo (house in multiple occupation) or communal."


def upgrade() -> None:
    """Give every row its system time, make the past and the new tables, and keep what is live."""
    op.execute("CREATE SCHEMA IF NOT EXISTS history")
    for table in OLD_KEYS:
        op.add_column(
            table,
            sa.Column(FROM, sa.BigInteger(), nullable=False, server_default="1", comment=SINCE),
            schema="published",
        )
        op.alter_column(table, FROM, server_default=None, schema="published")
        op.drop_constraint(f"{table}_pkey", table, schema="staging")
        op.execute(f"ALTER TABLE staging.{table} SET UNLOGGED")
    _replace_residences()
    for name in TABLES:
        if name != "residence":
            _make(name)
    op.create_table(
        "scope",
        column("kind", "text", "resident, household, record or link."),
        column("id", "text", "The id; of a link, that of one of its residents."),
        sa.PrimaryKeyConstraint("kind", "id"),
        schema="staging",
        comment="One thing that a publication of a part is about.",
        prefixes=["UNLOGGED"],
    )
    _classify_households()
    for schema in ("published", "staging"):
        # A flag on a named person would tell every reader who is protected: `operations.protected_record` does instead.
        op.drop_column("resident", "is_address_withheld", schema=schema)
    _make_history()


def _make(name: str) -> None:
    """One new table: published, and in staging unless every run only adds to it."""
    grain, key, columns = TABLES[name]
    schemas = ("published",) if name == "change" else ("published", "staging")
    for schema in schemas:
        is_live = schema == "published" and name != "change"
        clock = [column(FROM, "integer", SINCE)] if is_live else []
        keyed = [] if schema == "staging" else [sa.PrimaryKeyConstraint(*key)]
        op.create_table(
            name,
            *(column(*said) for said in columns),
            *clock,
            *keyed,
            schema=schema,
            comment=grain,
            prefixes=["UNLOGGED"] if schema == "staging" else [],
        )
    for names in LOOK_UPS.get(name, ()):
        op.create_index(f"{name}_{'_'.join(names)}_idx", name, list(names), schema="published")


def _replace_residences() -> None:
    op.execute("ALTER TABLE published.residence RENAME TO residence_before")
    op.execute("ALTER INDEX published.residence_pkey RENAME TO residence_before_pkey")
    op.execute("ALTER INDEX published.residence_uprn_idx RENAME TO residence_before_uprn_idx")
    op.drop_table("residence", schema="staging")
    _make("residence")
    op.execute(RESIDENCES)
    op.drop_table("residence_before", schema="published")


def _classify_households() -> None:
    """Kinds that an earlier version did not tell apart, as far as their size tells; the next run tells the rest."""
    op.execute(
        "UPDATE published.household SET kind = CASE member_count WHEN 1 THEN 'single' ELSE 'family' END "
        "WHERE kind = 'household'"
    )
    for schema in ("published", "staging"):
        op.alter_column("household", "kind", schema=schema, comment=KIND, existing_comment=KIND_BEFORE)


def _make_history() -> None:
    keys = OLD_KEYS | {name: key for name, (_, key, _) in TABLES.items() if name != "change"}
    for name, key in keys.items():
        op.execute(f"CREATE TABLE history.{name} (LIKE published.{name} INCLUDING COMMENTS)")
        op.add_column(name, sa.Column(TO, sa.BigInteger(), nullable=False, comment=UNTIL), schema="history")
        op.create_primary_key(f"{name}_pkey", name, [*key, FROM], schema="history")
        op.execute(
            f"DO $$ BEGIN EXECUTE format('COMMENT ON TABLE history.{name} IS %L', "
            f"obj_description('published.{name}'::regclass)); END $$"
        )
        for names in (*LOOK_UPS.get(name, ()), (TO,)):
            op.create_index(f"{name}_{'_'.join(names)}_idx", name, list(names), schema="history")


def downgrade() -> None:
    """Refuse: what was published before would be lost."""
    raise StoreError(
        "The index remembers what was published before; going back to an earlier version would lose it. "
        "Restore a backup of the database instead."
    )
