"""Tables of the running of the index: runs, judgements, quarantine. PostgreSQL schema `operations`."""

from linkage.schema.artefacts import FREQUENCY, QUARANTINE
from linkage.schema.column import Table, date, integer, json, text, timestamp
from linkage.schema.published import SOURCE_RECORD

RUN = Table(
    "run",
    "One run of the pipeline over one snapshot.",
    ("run_id",),
    (
        text("run_id", "<snapshot date>-<hash of everything the run depends on>.", required=True),
        date("snapshot_date", "Snapshot the run read.", required=True),
        text(
            "status",
            "running, failed, trained (made to train a model only), published, superseded, or forgotten: what only it "
            "showed is deleted.",
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

PUBLICATION = Table(
    "publication",
    "One act of making a run's index live.",
    ("publication_id",),
    (
        integer("publication_id", "Number of the publication, rising.", required=True),
        text("run_id", "Run that it made live.", required=True),
        text("kind", "publish, or rollback: an earlier run made live again.", required=True),
        timestamp("published_at", "When.", required=True),
        json("changes", "Rows added and closed, by table; counts only.", required=True),
        integer("rolled_back_by", "Publication that took this one back; missing when none did."),
    ),
)

IDENTITY_EVENT = Table(
    "identity_event",
    "One event in the life of a resident id: the ledger. Append-only.",
    ("event_id",),
    (
        integer("event_id", "Number of the event, rising.", required=True),
        integer("publication_id", "Publication that made it so.", required=True),
        text("run_id", "Run that found it.", required=True),
        text(
            "kind",
            "minted, split, restored (the id is live from here); merged or retired (it no longer is).",
            required=True,
        ),
        text("resident_id", "The id.", required=True),
        text("other_resident_id", "Of merged: its successor. Of split: the id it was part of."),
        integer("record_count", "Records that the event is about.", required=True),
        text("reason", "Why, in plain words.", required=True),
    ),
)

JUDGEMENT = Table(
    "judgement",
    "One human judgement; append-only. The latest about the same thing is in force.",
    ("judgement_id",),
    (
        text("judgement_id", "Identity of the judgement.", required=True),
        text(
            "verdict",
            "same_person (must-link), different_person (cannot-link), not_this_address, restrict_processing, "
            "or withdrawn: the judgement it names is no longer in force.",
            required=True,
        ),
        text("record_id_l", "Record it is about; of two the smaller record id.", required=True),
        text("record_id_r", "Larger record id, where it is about two."),
        text("uprn", "Address that it is about, where it is.", personal=True),
        text("withdraws", "Judgement that is withdrawn, where it withdraws one."),
        json("record_ids", "Records of the resident when it was judged, where it is about a resident."),
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

RESTRICTED_RECORD = Table(
    "restricted_record",
    "One record whose processing is restricted: stored, shown to its subject, and used for nothing.",
    ("record_id",),
    (
        *SOURCE_RECORD.columns,
        json(
            "statements",
            "Where it says, or said, that its person lives: rows of address_statement, as a JSON list.",
            required=True,
            personal=True,
        ),
        text("judgement_id", "Judgement that restricts it.", required=True),
    ),
)

DECLARED_PROTECTION = Table(
    "declared_protection",
    "One thing that a source says of a protected person. For those alone who may know whom a source protects.",
    ("source", "kind", "subject", "other", "run_id"),
    (
        text("source", "Source that says so.", required=True),
        text(
            "kind",
            "row_withheld, person_withheld, row_address, person_address or link.",
            required=True,
        ),
        text(
            "subject", "Key of the row, or the source's own id of the person.", required=True, personal=True
        ),
        text(
            "other",
            "Of link: the id of the person's former identity; else empty.",
            required=True,
            personal=True,
        ),
        text(
            "run_id",
            "Run that has to act on it; empty where it goes on until somebody lifts it.",
            required=True,
        ),
    ),
)

PROTECTED_RECORD = Table(
    "protected_record",
    "One record whose address is withheld. For those alone who may know whom a source protects.",
    ("record_id",),
    (
        text("record_id", "Record.", required=True),
        text(
            "reach",
            "person: the address of its person is withheld, whoever states it; place: of the record only, because it "
            "shares the place of a protected one.",
            required=True,
        ),
        text("since_run_id", "Run since which it is protected.", required=True),
    ),
)

FORBIDDEN_LINK = Table(
    "forbidden_link",
    "Two records that must never be joined. For those alone who may know whom a source protects.",
    ("record_id_l", "record_id_r"),
    (
        text("record_id_l", "Smaller record id.", required=True),
        text("record_id_r", "Larger record id.", required=True),
        text("record_id", "The one of the two that is of the person's present identity.", required=True),
        text("since_run_id", "Run since which it is forbidden.", required=True),
    ),
)

ERASED_RECORD = Table(
    "erased_record",
    "One record, or row, that must not be held again, known by a hash only.",
    ("record_sha256",),
    (
        text("record_sha256", "SHA-256 of the record id, or of `<source>:<key>` of a row.", required=True),
        text("deletion_id", "Deletion that erased it.", required=True),
    ),
)

DELETION = Table(
    "deletion",
    "One deletion of personal data: the proof that it was done. Append-only.",
    ("deletion_id",),
    (
        text("deletion_id", "Identity of the deletion.", required=True),
        text("kind", "retention, erasure, forgotten_run or protection.", required=True),
        text("decided_by", "Who asked for it, or the name of the job.", required=True),
        timestamp("deleted_at", "When.", required=True),
        text("reason", "Why: the request, the contract or the protection.", required=True),
        text("run_id", "Run that was forgotten, where one was."),
        text("resident_id", "Resident id that was erased, where one was: it says nothing of the person."),
        json("counts", "Rows and files deleted, by table or folder; counts only.", required=True),
    ),
)

FROZEN = Table(
    "frozen",
    "One freezing of what the weights of a model take from the records as a whole.",
    ("frozen_id",),
    (
        text("frozen_id", "Hash of all that was frozen.", required=True),
        text("model_version", "Linkage model that weighs with it.", required=True),
        timestamp("frozen_at", "When.", required=True),
        json("numbers", "Records and pairs that were counted, and means: numbers only.", required=True),
    ),
)

FROZEN_FREQUENCY = Table(
    "frozen_frequency",
    "One value that several records held when frequencies were frozen, or one full name.",
    ("frozen_id", "key", "fingerprint"),
    (text("frozen_id", "The freezing.", required=True), *FREQUENCY.columns),
)

OPERATIONS = (
    RUN,
    LIVE_RUN,
    PUBLICATION,
    IDENTITY_EVENT,
    JUDGEMENT,
    CORRECTION,
    QUARANTINE_LOG,
    LINKAGE_MODEL,
    FROZEN,
    FROZEN_FREQUENCY,
    RESTRICTED_RECORD,
    DECLARED_PROTECTION,
    PROTECTED_RECORD,
    FORBIDDEN_LINK,
    ERASED_RECORD,
    DELETION,
)
