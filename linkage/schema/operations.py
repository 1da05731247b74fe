"""Tables of the running of the index: runs, judgements, quarantine. PostgreSQL schema `operations`."""

from linkage.schema.artefacts import QUARANTINE
from linkage.schema.column import Table, date, integer, json, text, timestamp

RUN = Table(
    "run",
    "One run of the pipeline over one snapshot.",
    ("run_id",),
    (
        text("run_id", "<snapshot date>-<hash of everything the run depends on>.", required=True),
        date("snapshot_date", "Snapshot the run read.", required=True),
        text(
            "status",
            "running, failed, trained (made to train a model only), published or superseded.",
            required=True,
        ),
        timestamp("started_at", "When the run first started.", required=True),
        timestamp("finished_at", "When the run ended."),
        timestamp("published_at", "When the run's index went live."),
        json(
            "manifest",
            "Inputs with hashes, versions, counts, seconds and peak memory by stage.",
            required=True,
        ),
    ),
)

LIVE_RUN = Table(
    "live_run",
    "The run whose index readers see: one row at most.",
    ("slot",),
    (
        integer("slot", "Always 1.", required=True),
        text("run_id", "The live run.", required=True),
    ),
)

JUDGEMENT = Table(
    "judgement",
    "One human judgement on two records; append-only.",
    ("judgement_id",),
    (
        text("judgement_id", "Identity of the judgement.", required=True),
        text("verdict", "same_person (must-link) or different_person (cannot-link).", required=True),
        text("record_id_l", "Smaller record id.", required=True),
        text("record_id_r", "Larger record id.", required=True),
        text("decided_by", "Who decided.", required=True),
        timestamp("decided_at", "When.", required=True),
        text("reason", "Why.", required=True),
    ),
)

CORRECTION = Table(
    "correction",
    "One corrected cell of one quarantined row; append-only, the latest wins.",
    ("correction_id",),
    (
        text("correction_id", "Identity of the correction.", required=True),
        text("quarantine_id", "The quarantined row.", required=True),
        text("source", "Source of the row.", required=True),
        date("snapshot_date", "Snapshot of the row.", required=True),
        integer("row_number", "Row in the file, from 1.", required=True),
        text("file_sha256", "Hash of the file the row was read from.", required=True),
        text("column", "Column corrected.", required=True),
        text("corrected_value", "The cell's new text.", personal=True),
        text("decided_by", "Who corrected it.", required=True),
        timestamp("decided_at", "When.", required=True),
    ),
)

QUARANTINE_LOG = Table(
    "quarantine_log",
    "One quarantined row as one run saw it.",
    ("run_id", "quarantine_id"),
    (
        text("run_id", "Run that held the row back.", required=True),
        *QUARANTINE.columns,
    ),
)

LINKAGE_MODEL = Table(
    "linkage_model",
    "One trained linkage model.",
    ("version",),
    (
        text("version", "Hash of all that decides a weight in the model.", required=True),
        timestamp("trained_at", "When it was stored, trained.", required=True),
        text("trained_on_run", "Run on whose records it was trained; missing when from files."),
        json("model", "The model: specification, probabilities, facts; no value of a person.", required=True),
        json("findings", "What each check found: name, passed, severity, sentence.", required=True),
        text("status", "in_use, kept (may be put in use, or was), or refused.", required=True),
    ),
)

OPERATIONS = (RUN, LIVE_RUN, JUDGEMENT, CORRECTION, QUARANTINE_LOG, LINKAGE_MODEL)
