"""Tables of the outcomes that a council builds an index for. PostgreSQL schema `outcomes`, made anew by each run."""

from linkage.schema.column import Column, Table, boolean, date, integer, json, number, text, timestamp


def case_table(name: str, grain: str, *columns: Column) -> Table:
    """A table of cases: what one outcome found, a row a case, with why, who says so, and an id that every run gives it.

    Args:
        name: Name of the table.
        grain: What a row is.
        *columns: Columns of the outcome's own.
    """
    return Table(
        name,
        grain,
        ("case_id",),
        (
            text("case_id", "Hash of what the case is about, the same in every run.", required=True),
            text("run_id", "Run whose index it was made from.", required=True),
            text("finding", "What was found, in one term.", required=True),
            text("resident_id", "Resident it is about; missing when the index has none."),
            *columns,
            text("reason", "Why, in plain words; no value of a person.", required=True),
            json(
                "evidence",
                "Which service says what, since when and how sure, as a JSON list.",
                required=True,
                personal=True,
            ),
        ),
    )


ROW_FACT = Table(
    "row_fact",
    "One fact of one record that outcomes need and linkage does not, as its contract names it.",
    ("record_id", "fact"),
    (
        text("record_id", "Record.", required=True),
        text("fact", "Name of the fact, such as tenancy_party.", required=True),
        text("source", "Source of the record.", required=True),
        text("value", "The cell, as sent.", required=True, personal=True),
    ),
)

DISPOSITION = Table(
    "disposition",
    "What somebody decided about one case; append-only, the latest holds.",
    ("disposition_id",),
    (
        text("disposition_id", "Identity of the disposition.", required=True),
        text("case_id", "Case it is about.", required=True),
        text("outcome", "Outcome that the case is of.", required=True),
        text("finding", "What the case had found when it was decided.", required=True),
        text("resident_id", "Resident whom it was about then."),
        text("verdict", "confirmed, dismissed, or open: looked at again.", required=True),
        number("value", "What it is worth in pounds, where somebody said so."),
        text("reason", "Why.", required=True, personal=True),
        text("decided_by", "Who decided.", required=True),
        timestamp("decided_at", "When.", required=True),
    ),
)

OUTCOME_FIGURE = Table(
    "outcome_figure",
    "One figure of one outcome in one run.",
    ("run_id", "outcome", "measure"),
    (
        text("run_id", "Run that measured it.", required=True),
        text("outcome", "Outcome.", required=True),
        text("measure", "Name of the figure.", required=True),
        number("value", "The figure: a share between 0 and 1, or a count.", required=True),
        number("numerator", "What was counted."),
        number("denominator", "Out of how many."),
        boolean(
            "is_against_truth", "Measured against a truth that a real council does not have.", required=True
        ),
        text("description", "What the figure says, in one plain sentence.", required=True),
    ),
)

ELECTOR_CHECK = case_table(
    "elector_check",
    "One entry of the electoral register, or one resident who ought to be on it.",
    text("record_id", "The entry; missing for a resident who has none."),
    text("uprn", "Address of the entry, or where the resident lives.", personal=True),
    text(
        "evidenced_uprn", "Where services say that the elector lives, where that is elsewhere.", personal=True
    ),
    integer("service_count", "Independent services that state the address of the entry now.", required=True),
    date("latest_date", "Day of which their statements are true, as far as they have heard."),
    number(
        "probability",
        "How sure it is, without the register, that the elector lives there: 0 to 1.",
        required=True,
    ),
    boolean("is_attainer", "Will come of voting age within a year.", required=True),
    boolean("benefits_agree", "The national benefits extract has the elector at the address.", required=True),
)

TENANCY_CHECK = case_table(
    "tenancy_check",
    "One council tenancy with people who are not of the tenant's household, or that the tenant has left to it.",
    text("record_id", "The tenant's record.", required=True),
    text("tenancy_reference", "The landlord's reference of the tenancy.", required=True, personal=True),
    text("uprn", "Address of the tenancy.", required=True, personal=True),
    integer(
        "rank",
        "Place by strength of evidence among the cases that may be sublet, from 1; missing for others.",
    ),
    number(
        "tenant_elsewhere_probability",
        "How sure it is, without the landlord's record, that the tenant no longer lives there: 0 to 1.",
        required=True,
    ),
    integer(
        "service_count",
        "Independent services that have the tenant elsewhere, or gone from the tenancy.",
        required=True,
    ),
    text("elsewhere_uprn", "Where services have the tenant, where that is elsewhere.", personal=True),
    date("elsewhere_date", "Since when, where a service says."),
    integer("others_count", "People evidenced at the tenancy who are not of the household.", required=True),
    date("others_since_date", "Since when the first of them who came after the tenancy began is there."),
)

ADMISSION_CHECK = case_table(
    "admission_check",
    "One application for a school place, and whether services have the family at the address applied from.",
    text("record_id", "The child's record.", required=True),
    text("application_reference", "Reference of the application.", personal=True),
    date("application_date", "Date of the application."),
    text("uprn", "Address applied from; missing where none was found.", personal=True),
    integer(
        "rank",
        "Place by strength of evidence among the cases evidenced elsewhere, from 1; missing for others.",
    ),
    number(
        "elsewhere_probability",
        "How sure it is, without the application, that the family lives elsewhere: 0 to 1.",
        required=True,
    ),
    integer("service_count", "Independent services that have the family elsewhere.", required=True),
    text("elsewhere_uprn", "Where services have the family, where that is elsewhere.", personal=True),
    date("elsewhere_date", "Since when, where a service says."),
    integer(
        "here_count", "Independent services that have the family at the address, or had it.", required=True
    ),
    date("here_date", "Since when, where a service says."),
)

CHILD_CHANGE = case_table(
    "child_change",
    "One change within a year around a child on a list, or one contradiction in what services say of it.",
    text(
        "related_resident_id",
        "The other person: who came or left; missing where only the child is concerned.",
    ),
    text("household_id", "Household concerned; missing where the address is none.", personal=True),
    text("uprn", "Address concerned; missing where the child is nowhere.", personal=True),
    date("change_date", "When it happened, as a service states it, else the snapshot that first had it so."),
    boolean("is_dated", "A service states the day; else it is that of a snapshot.", required=True),
    boolean("is_by_child", "The child moved, not the other.", required=True),
    integer("team_count", "Teams that say so; sources of one team are one.", required=True),
    number("probability", "How sure it is, by the teams that say so: 0 to 1.", required=True),
)

WATCHED_CHILD = Table(
    "watched_child",
    "One record of a resident whom somebody asked to watch, or to watch no longer; append-only, the latest holds.",
    ("watch_id", "record_id"),
    (
        text("watch_id", "Identity of the request.", required=True),
        text("record_id", "Record of the resident then; it leads to the resident of now.", required=True),
        boolean("is_watched", "Watched from then on; else no longer.", required=True),
        text("purpose", "Purpose that it was asked for.", required=True),
        text("reason", "Why.", required=True, personal=True),
        text("asked_by", "Who asked.", required=True),
        timestamp("asked_at", "When.", required=True),
    ),
)

APPLICATION_CHECK = case_table(
    "application_check",
    "One application that was new in the run's snapshot, matched by what its form asks and nothing else.",
    text("record_id", "Record of the application.", required=True),
    text("source", "Service applied to.", required=True),
    integer("candidate_count", "Residents who may be the applicant.", required=True),
    number("probability", "How sure the match is: 0 to 1; missing without one."),
    boolean("is_address_confirmed", "Another service has the applicant at the address now.", required=True),
    json("held", "What is held already of what the form would ask again, as a JSON list.", required=True),
)

OPEN_DATA_CELL = Table(
    "open_data_cell",
    "One figure of the open data, or one that is hidden. Figures of areas; no row is about a person.",
    ("dataset", "area_type", "area", "category_kind", "category"),
    (
        text("run_id", "Run whose index it was made from.", required=True),
        text("dataset", "Dataset that it is published in.", required=True),
        text("area_type", "council, ward or outward_postcode.", required=True),
        text("area", "The area, as people call it.", required=True),
        text(
            "category_kind",
            "What is told apart: age_band, size_band, kind, services, or total.",
            required=True,
        ),
        text("category", "Which of them.", required=True),
        integer("value", "Count, rounded; missing where it is hidden."),
        boolean(
            "is_suppressed", "The count is hidden: too small, or it would show one that is.", required=True
        ),
    ),
)

DATA_HOLDING = Table(
    "data_holding",
    "One source in the register of data held: who holds what, why, by which protocol, for how long.",
    ("source",),
    (
        text("source", "Source.", required=True),
        text("run_id", "Run that the register was made after.", required=True),
        text("title", "What people call it.", required=True),
        text("owner", "Team that answers for it.", required=True),
        text("purpose", "What for, in plain words.", required=True),
        json("uses", "What it may be used for: labels, meaning and law, as a JSON list.", required=True),
        text("lawful_basis", "Law that allows it.", required=True),
        text("protocol_id", "Sharing protocol that its contract names.", required=True),
        text("protocol_title", "Title of the protocol; missing where the register of protocols has none."),
        json("parties", "Who shares under the protocol, as a JSON list.", required=True),
        json("legal_powers", "Law that the protocol rests on, as a JSON list.", required=True),
        date("review_date", "Day by which the protocol has to be looked at again."),
        text("protocol_standing", "in_force, past_review, not_begun or unknown.", required=True),
        text("sensitivity", "official or official-sensitive.", required=True),
        json("personal_data", "Kinds of personal data held, in plain words, as a JSON list.", required=True),
        boolean("is_special", "Some of it is about health, care, ethnic group or the like.", required=True),
        text("kept_for", "How long it is kept after it has ended.", required=True),
        text("refreshed", "How often it is sent.", required=True),
        date("last_refreshed_date", "Snapshot in which it last came; missing when it never did."),
        integer("record_count", "Records held, rounded; missing where there are too few to tell."),
        boolean("is_stale", "It has not come for the snapshot of the run.", required=True),
    ),
)

SURVEY_ANSWER = Table(
    "survey_answer",
    "Level that one officer or member, known by a number only, gives a council for one characteristic.",
    ("council", "respondent_group", "respondent", "characteristic"),
    (
        text("council", "Council.", required=True),
        text("respondent_group", "officers or members.", required=True),
        integer(
            "respondent", "Number of the respondent within council and group; never a name.", required=True
        ),
        text("characteristic", "Characteristic of the maturity model.", required=True),
        integer("level", "Level 1, 2 or 3.", required=True),
    ),
)

SURVEY_RETURN = Table(
    "survey_return",
    "How many of one group of one council were asked to answer, and how many did.",
    ("council", "respondent_group"),
    (
        text("council", "Council.", required=True),
        text("respondent_group", "officers or members.", required=True),
        integer("invited_count", "How many were asked; missing where nobody said."),
        integer("answered_count", "How many answered any question.", required=True),
    ),
)

CHARACTERISTIC_LEVEL = Table(
    "characteristic_level",
    "Level of one characteristic of the maturity model for one council, as of one run.",
    ("run_id", "council", "characteristic"),
    (
        text("run_id", "Run.", required=True),
        text("council", "Council.", required=True),
        text("characteristic", "Characteristic.", required=True),
        integer("level", "Level 1, 2 or 3; missing where too few answered or nothing is measured."),
        text("basis", "measured, self-declared, mixed or survey.", required=True),
        text("rule", "Rule that gave the level, in plain words.", required=True),
        text("evidence", "Answers or figures the rule was applied to.", required=True),
        text("lift", "What would lift it.", required=True),
    ),
)

CASES = (ELECTOR_CHECK, TENANCY_CHECK, ADMISSION_CHECK, CHILD_CHANGE, APPLICATION_CHECK)
"""Tables of cases, in the order of the outcomes."""

SURVEY = (SURVEY_ANSWER, SURVEY_RETURN, CHARACTERISTIC_LEVEL)
"""Tables of the maturity survey."""

OUTCOMES = (
    ROW_FACT,
    DISPOSITION,
    OUTCOME_FIGURE,
    WATCHED_CHILD,
    *CASES,
    OPEN_DATA_CELL,
    DATA_HOLDING,
    *SURVEY,
)
