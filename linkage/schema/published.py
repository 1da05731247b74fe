"""Tables of the published index: what readers see. PostgreSQL schema `published`, loaded through `staging`."""

from linkage.schema.artefacts import ADDRESS
from linkage.schema.column import Table, boolean, date, integer, number, text

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
        boolean("is_address_withheld", "A source forbids showing this person's address.", required=True),
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
    "One resident at one address, as services state it.",
    ("resident_id", "uprn"),
    (
        text("resident_id", "Resident.", required=True),
        text("uprn", "Address.", required=True, personal=True),
        boolean("is_current", "This is the resident's current address.", required=True),
        integer("source_count", "Sources that state this address.", required=True),
        integer("record_count", "Records that state this address.", required=True),
        date("first_date", "Earliest date stated for the address."),
        date("last_date", "Latest date on which a source states the address."),
    ),
)

HOUSEHOLD = Table(
    "household",
    "One occupied address. Communal establishments are kept apart by kind.",
    ("household_id",),
    (
        text("household_id", "Identity of the household.", required=True),
        text("uprn", "The occupied address.", required=True, personal=True),
        text("kind", "household or communal.", required=True),
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

PUBLISHED = (ADDRESS, RESIDENT, GOLDEN_VALUE, CROSSWALK, RESIDENCE, HOUSEHOLD, HOUSEHOLD_LINK)
"""Tables that one publish replaces together."""

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
