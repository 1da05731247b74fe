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
    date("latest_date", "Latest day on which one of them is known to have said so."),
    number(
        "probability",
        "How sure it is, without the register, that the elector lives there: 0 to 1.",
        required=True,
    ),
    boolean("is_attainer", "Will come of voting age within a year.", required=True),
    boolean("benefits_agree", "The national benefits extract has the elector at the address.", required=True),
)

CHILD_CHANGE = case_table(
    "child_change",
    "One change within a year in the household of a child on a list, or one contradiction in what services say of it.",
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
    "One application of the last year, held against what the council already had from the services that may be asked.",
    text("record_id", "Record made of the application.", required=True),
    text("source", "Service applied to.", required=True),
    date(
        "application_date", "When it was made, as the service states it, else the snapshot that first had it."
    ),
    text("matched_resident_id", "Who applied, by the form alone; missing where that is not sure."),
    number("probability", "How sure the match is, or would be: 0 to 1.", required=True),
    integer("candidate_count", "Residents who may have applied, by the form alone.", required=True),
    boolean("is_birth_date_held", "Another service already held the birth date.", required=True),
    boolean(
        "is_address_confirmed",
        "Another service already stated the address.",
        required=True,
    ),
    boolean(
        "is_contact_held",
        "Another service already held a telephone number or an e-mail address.",
        required=True,
    ),
    boolean(
        "is_nothing_to_ask",
        "Who applied was sure, and birth date and address were already held.",
        required=True,
    ),
    integer("service_count", "Other services that knew who applied.", required=True),
)

CASES = (ELECTOR_CHECK, CHILD_CHANGE, APPLICATION_CHECK)
"""Tables of cases, in the order of the outcomes."""

OUTCOMES = (ROW_FACT, DISPOSITION, OUTCOME_FIGURE, WATCHED_CHILD, *CASES)
