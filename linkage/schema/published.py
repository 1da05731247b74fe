"""Tables of the published index: what readers see. PostgreSQL schema `published`, loaded through `staging`."""

from linkage.schema.artefacts import ADDRESS, RECORD
from linkage.schema.column import Table, boolean, date, integer, json, number, text

OF_ONE_SNAPSHOT = ("snapshot_date", "row_number")
"""Columns of `RECORD` that every snapshot writes anew: what the index remembers of a record leaves them out."""

SOURCE_RECORD = Table(
    "source_record",
    "One record as the index remembers it: as its source last sent it, closed when the source no longer sends it.",
    ("record_id",),
    (
        *(column for column in RECORD.columns if column.name not in OF_ONE_SNAPSHOT),
        date("first_snapshot_date", "Snapshot in which the record was first received.", required=True),
        date("closed_date", "First snapshot without it; missing while its source sends it."),
    ),
)

RECORD_ALIAS = Table(
    "record_alias",
    "One id that a record had before its source gave it another: the content was recognised.",
    ("alias_record_id",),
    (
        text("alias_record_id", "Record id that is no longer sent.", required=True),
        text("record_id", "Record id that has taken its place.", required=True),
    ),
)

SOURCE_STATE = Table(
    "source_state",
    "One source as the index last heard from it.",
    ("source",),
    (
        text("source", "Source.", required=True),
        date("snapshot_date", "Snapshot in which the source last delivered.", required=True),
        date("first_snapshot_date", "Snapshot in which it first delivered; missing where that is not known."),
        boolean("is_stale", "It has not delivered for the snapshot of the live run.", required=True),
    ),
)

RESIDENT = Table(
    "resident",
    "One resident: a cluster of records and the golden value of each attribute.",
    ("resident_id",),
    (
        text("resident_id", "Identity of the resident in the index.", required=True),
        text("title", "Golden title.", personal=True),
        text("forename", "Golden forename.", personal=True),
        text("middle_names", "Golden further forenames.", personal=True),
        text("surname", "Golden surname.", personal=True),
        date("birth_date", "Golden birth date, known to the day.", personal=True),
        date("death_date", "Golden date of death.", personal=True),
        text("sex", "Golden sex.", personal=True),
        text("phone", "Golden telephone number.", personal=True),
        text("email", "Golden e-mail address.", personal=True),
        text("nhs_number", "Golden NHS number.", personal=True),
        text("nino", "Golden National Insurance number.", personal=True),
        text("upn", "Golden unique pupil number.", personal=True),
        text("uprn", "UPRN of the current address.", personal=True),
        text("household_id", "Household at the current address; missing when there is none.", personal=True),
        integer("record_count", "Records in the cluster.", required=True),
        integer("source_count", "Sources that know the resident.", required=True),
    ),
)

GOLDEN_VALUE = Table(
    "golden_value",
    "One golden value of one resident and the record it came from.",
    ("resident_id", "attribute"),
    (
        text("resident_id", "Resident.", required=True),
        text("attribute", "Attribute of the resident.", required=True),
        text("value", "The value as text; dates as YYYY-MM-DD.", required=True, personal=True),
        text("record_id", "Record the value came from.", required=True),
        text("rule", "Why this value won, in a few words.", required=True),
        integer("agreeing_source_count", "Sources that give the same value.", required=True),
    ),
)

CROSSWALK = Table(
    "crosswalk",
    "One record and the resident it belongs to.",
    ("record_id",),
    (
        text("record_id", "Record.", required=True),
        text("resident_id", "Resident.", required=True),
        text("source", "Source of the record.", required=True),
        text("record_key", "The source's own key.", required=True, personal=True),
        text("person_role", "Role of the person in the row.", required=True),
        integer("person_position", "Position among the people of that role in the row.", required=True),
    ),
)

RESIDENCE = Table(
    "residence",
    "One stay of one resident at one address, as services state it.",
    ("resident_id", "uprn", "stay"),
    (
        text("resident_id", "Resident.", required=True),
        text("uprn", "Address.", required=True, personal=True),
        integer("stay", "Number of the stay, from 1: somebody may come back to an address.", required=True),
        text(
            "standing",
            "current, disputed (a service still says so, but it is not held to be the current one) or former.",
            required=True,
        ),
        boolean("is_current", "This is the resident's current address.", required=True),
        date("from_date", "Since when; missing when no service says."),
        date("to_date", "Until when; missing while the stay goes on, or when no service says."),
        number(
            "probability", "How sure it is that the resident lives, or lived, there: 0 to 1.", required=True
        ),
        integer("source_count", "Sources that state this address.", required=True),
        integer("record_count", "Records that state this address.", required=True),
    ),
)

RESIDENCE_EVIDENCE = Table(
    "residence_evidence",
    "One statement of one record that its person lives, or lived, at one address.",
    ("record_id", "uprn", "first_snapshot_date"),
    (
        text("record_id", "Record that states it.", required=True),
        text("uprn", "Address.", required=True, personal=True),
        date("first_snapshot_date", "Snapshot in which it was first stated.", required=True),
        text("resident_id", "Resident of the record.", required=True),
        integer("stay", "Stay that it is evidence of.", required=True),
        text("source", "Source of the record.", required=True),
        text("uprn_match_grade", "How the UPRN was found: given, exact, building, street or fuzzy."),
        date("from_date", "First day that the source states; missing when it states none."),
        date("to_date", "Last day that the source states; missing when it states none."),
        date("closed_date", "First snapshot in which it was no longer stated; missing while it is."),
        boolean("is_live", "The source says so now.", required=True),
        number("weight", "Weight of the statement now: 0 to 1.", required=True),
    ),
)

HOUSEHOLD = Table(
    "household",
    "One occupied address. Communal establishments are kept apart by kind.",
    ("household_id",),
    (
        text("household_id", "Identity of the household.", required=True),
        text("uprn", "The occupied address.", required=True, personal=True),
        text(
            "kind", "single, family, shared, hmo (house in multiple occupation) or communal.", required=True
        ),
        integer("member_count", "Residents whose current address this is.", required=True),
    ),
)

HOUSEHOLD_LINK = Table(
    "household_link",
    "Two residents whose records show them to be of one household or family.",
    ("resident_id_l", "resident_id_r"),
    (
        text("resident_id_l", "Smaller resident id.", required=True),
        text("resident_id_r", "Larger resident id.", required=True),
        number(
            "household_probability",
            "Highest probability, among pairs of their records, that these are two people of one household or family.",
            required=True,
        ),
        integer(
            "pair_count", "Pairs of their records for which that probability is 0.5 or more.", required=True
        ),
        boolean(
            "is_one_address",
            "Both are in the same household now; false when either is in none.",
            required=True,
        ),
    ),
)

HOUSEHOLD_MEMBER = Table(
    "household_member",
    "One stay of one resident in one household, now or before.",
    ("household_id", "resident_id", "stay"),
    (
        text("household_id", "Household.", required=True, personal=True),
        text("resident_id", "Resident.", required=True),
        integer("stay", "Number of the stay, as in `residence`.", required=True),
        text("uprn", "Address of the household.", required=True, personal=True),
        boolean("is_current", "The resident is a member now.", required=True),
        date("from_date", "Since when; missing when no service says."),
        date("to_date", "Until when; missing while the stay goes on, or when no service says."),
        number("probability", "How sure the stay is: 0 to 1.", required=True),
    ),
)

STATED_RELATION = Table(
    "stated_relation",
    "One relation between two residents that a source states.",
    ("resident_id", "related_resident_id", "relation", "source"),
    (
        text("resident_id", "Resident.", required=True),
        text("related_resident_id", "The other.", required=True),
        text(
            "relation", "What the other is to the resident, such as parent, child or partner.", required=True
        ),
        text("source", "Source that states it.", required=True),
        text("record_id", "Record of the resident in the row that states it.", required=True),
        text("related_record_id", "Record of the other in that row.", required=True),
        boolean("is_live", "Both records are current.", required=True),
    ),
)

JUDGEMENT_CONFLICT = Table(
    "judgement_conflict",
    "One judgement among those that cannot all be right, or that has no effect.",
    ("conflict_id", "judgement_id"),
    (
        text("conflict_id", "Identity of the conflict.", required=True),
        text("judgement_id", "Judgement.", required=True),
        text("kind", "What is wrong, in words.", required=True),
        text("verdict", "What this one says.", required=True),
        boolean(
            "is_in_force", "Whether it is followed all the same; the others are set aside.", required=True
        ),
    ),
)

PUBLISHED = (
    ADDRESS,
    SOURCE_RECORD,
    RECORD_ALIAS,
    SOURCE_STATE,
    RESIDENT,
    GOLDEN_VALUE,
    CROSSWALK,
    RESIDENCE,
    RESIDENCE_EVIDENCE,
    HOUSEHOLD,
    HOUSEHOLD_MEMBER,
    HOUSEHOLD_LINK,
    STATED_RELATION,
    JUDGEMENT_CONFLICT,
)
"""Tables that one publication brings up to date together, and whose earlier rows stay in schema `history`."""

CHANGE = Table(
    "change",
    "One change in the life of a household or resident that a run found since the run before.",
    ("change_id",),
    (
        text("change_id", "Hash of what changed, for whom and when.", required=True),
        text("run_id", "Run that found it.", required=True),
        text(
            "kind",
            "joined, left, born, died, new_adult_with_child, child_in_two_places or household_dissolved.",
            required=True,
        ),
        text("household_id", "Household concerned; missing when none is.", personal=True),
        text("resident_id", "Resident concerned; missing when the whole household is."),
        text("related_resident_id", "Another resident concerned, such as the child whom a new adult joined."),
        date("change_date", "When it happened, as far as services state it."),
        number("probability", "How sure it is: 0 to 1.", required=True),
        integer("source_count", "Sources that bear it out.", required=True),
        text(
            "reason", "Why it is held to have happened, in plain words; no value of a person.", required=True
        ),
        json("evidence", "Sources with their dates and weights, as a JSON list.", required=True),
    ),
)

QUALITY_FIGURE = Table(
    "quality_figure",
    "One measured figure of one run.",
    ("run_id", "measure", "scope"),
    (
        text("run_id", "Run that measured it.", required=True),
        text("measure", "Name of the measure, such as completeness_birth_date.", required=True),
        text("scope", "A source, or index for the whole.", required=True),
        text("dimension", "Data quality dimension: completeness, uniqueness, validity, ...", required=True),
        number("value", "The figure: a share between 0 and 1, or a count.", required=True),
        number("numerator", "What was counted."),
        number("denominator", "Out of how many."),
        text("description", "What the figure says, in one plain sentence.", required=True),
    ),
)

MATURITY_SCORE = Table(
    "maturity_score",
    "Level of one theme of integrated customer data in one run, or of the whole (theme 'overall').",
    ("run_id", "theme"),
    (
        text("run_id", "Run.", required=True),
        text("theme", "Theme of the matrix, or overall.", required=True),
        integer("level", "Level 1, 2 or 3.", required=True),
        text("basis", "measured, self-declared or mixed.", required=True),
        text("rule", "Rule that gave the level, in plain words.", required=True),
        text("evidence", "Figures and answers the rule was applied to.", required=True),
        text("lift", "What would lift the level, or 'nothing: this is the top level'.", required=True),
    ),
)
