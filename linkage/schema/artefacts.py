"""Tables that stages leave for each other as Parquet in a run's folder."""

from linkage.schema.column import Column, Table, boolean, date, integer, json, number, text

RAW_META: tuple[Column, ...] = (
    text("_source", "Source the row came from.", required=True),
    date("_snapshot_date", "Date of the extract.", required=True),
    integer("_row_number", "Row in the file, from 1, the header not counted.", required=True),
    text("_record_key", "The source's own key, parts joined by '/'.", required=True, personal=True),
    text("_file_sha256", "Hash of the file the row was read from.", required=True),
)
"""Columns added to every raw table before the source's own columns, which are all text."""

RAW_META_NAMES = [column.name for column in RAW_META]

FAULT = Table(
    "fault",
    "One fault found in one extract: a row, a column and the rule it broke; no row number when the file did.",
    (),
    (
        text("source", "Source of the extract.", required=True),
        date("snapshot_date", "Date of the extract.", required=True),
        integer("row_number", "Row in the file, from 1; missing for a fault of the whole file."),
        text("column", "Column at fault, or missing when the rule is about the row or the file."),
        text("rule", "Name of the rule that was broken.", required=True),
        text("severity", "reject, quarantine or warn.", required=True),
        text("reason", "The rule in plain words; never a value.", required=True),
    ),
)

QUARANTINE = Table(
    "quarantined_row",
    "One row held back from one extract.",
    ("quarantine_id",),
    (
        text("quarantine_id", "Hash of source, snapshot, file and row number.", required=True),
        text("source", "Source of the extract.", required=True),
        date("snapshot_date", "Date of the extract.", required=True),
        integer("row_number", "Row in the file, from 1.", required=True),
        text("record_key", "The source's own key.", personal=True),
        text("file_sha256", "Hash of the file the row was read from.", required=True),
        json("rules", "Names of the rules broken, as a JSON list.", required=True),
        text("reason", "The rules in plain words; never a value.", required=True),
        json(
            "cells",
            "The row as validated, column to text; empty when the row must not be kept.",
            personal=True,
        ),
    ),
)

ADDRESS = Table(
    "address",
    "One property of the gazetteer.",
    ("uprn",),
    (
        text("uprn", "Unique property reference number (BS 7666).", required=True),
        text("parent_uprn", "UPRN of the building or house this one is part of."),
        text(
            "classification", "Classification code of the gazetteer, such as RD06 for a flat.", required=True
        ),
        boolean("is_communal", "A care home, hostel, hall or other communal establishment.", required=True),
        boolean("is_residential", "A dwelling, or a communal establishment.", required=True),
        boolean(
            "is_parent",
            "Other properties are part of this one: a building, or a house in flats.",
            required=True,
        ),
        text("address_text", "The address in one line, normalised."),
        text("postcode", "Postcode, normalised."),
        text("ward", "Ward of the property."),
    ),
)

PLACE = Table(
    "place",
    "One text that names a live property of the gazetteer, told apart for matching.",
    (),
    (
        text("uprn", "Property.", required=True),
        text("parent_uprn", "Its building; the UPRN itself where it is part of none.", required=True),
        text("postcode", "Postcode with one space."),
        text("unit", "Flat, room or floor."),
        text("number", "Number of the building, with suffix and end."),
        text("building", "Words of the building's name, as compared."),
        text("street", "Words of the street, as compared."),
    ),
)

SUCCESSOR = Table(
    "successor",
    "One withdrawn property and the live one that took its place.",
    ("uprn",),
    (
        text("uprn", "Withdrawn property.", required=True),
        text("successor", "Live property.", required=True),
    ),
)

FAILING = Table(
    "failing",
    "One row of one extract that failed one check, also of a check that judges the file by their share.",
    (),
    (
        integer("check", "Position of the check among those of the source, from 0.", required=True),
        integer("row_number", "Row in the file, from 1.", required=True),
    ),
)

RECORD = Table(
    "record",
    "One mention of one person in one row of one source: a row of joint names gives several records.",
    ("record_id",),
    (
        text(
            "record_id",
            "<source>:<record key>:<person role>:<position>; stable between snapshots.",
            required=True,
        ),
        text("source", "Source the record came from.", required=True),
        date("snapshot_date", "Date of the extract.", required=True),
        integer(
            "row_number",
            "Row in the file, from 1: with source and snapshot, the one raw row of the record.",
            required=True,
        ),
        text("record_key", "The source's own key.", required=True, personal=True),
        text(
            "person_key",
            "The source's own id of the person, where it has one in all their rows.",
            personal=True,
        ),
        text("person_role", "Role of the person in the row, as the contract names it.", required=True),
        integer(
            "person_position", "Position among the people of that role in the row, from 1.", required=True
        ),
        text("title", "Title, such as MR or DR.", personal=True),
        text(
            "forename",
            "First forename, upper case without accents; an initial where only that is known.",
            personal=True,
        ),
        text(
            "forename_root",
            "Name that the forename is a short form of, or the forename itself.",
            personal=True,
        ),
        text("middle_names", "Further forenames, space-separated.", personal=True),
        text(
            "surname",
            "Surname, upper case without accents, particles joined, double-barrelled with a space.",
            personal=True,
        ),
        text(
            "surname_alias",
            "Other surname the source gives: preferred, former or also known as.",
            personal=True,
        ),
        text("name_suffix", "JR, SR, II and the like.", personal=True),
        date(
            "birth_date", "Birth date; first of the month or year where only those are known.", personal=True
        ),
        text("birth_date_precision", "day, month or year; missing when the birth date is."),
        boolean(
            "is_birth_date_weak", "A full date that is likely a stand-in, such as 1 January.", required=True
        ),
        text(
            "age_group",
            "adult (18 or over) or child at the snapshot: by the birth date, else by what the role in the row implies.",
            personal=True,
        ),
        date("death_date", "Date of death where the source gives one.", personal=True),
        text("sex", "F, M or missing.", personal=True),
        text("uprn", "UPRN of the address, given or found.", personal=True),
        text("uprn_match_grade", "given, exact, building, street or fuzzy; missing when no UPRN was found."),
        text("parent_uprn", "UPRN of the building, or the UPRN itself when it has no parent.", personal=True),
        text("address_text", "Address lines in one, normalised.", personal=True),
        text("postcode", "Postcode with one space.", personal=True),
        text("phone", "Telephone number, E.164.", personal=True),
        text("email", "E-mail address, lower case.", personal=True),
        text("nhs_number", "NHS number, ten digits, check digit right.", personal=True),
        text("nino", "National Insurance number, nine characters.", personal=True),
        text("upn", "Unique pupil number, thirteen characters; education use only.", personal=True),
        date("start_date", "First day the source states for this record."),
        date("end_date", "Last day the source states; missing when open."),
        boolean("is_live", "The source says this record is current on the snapshot date.", required=True),
    ),
)

REMEMBERED = Table(
    "remembered_record",
    "One record as its source last sent it, with what is remembered of it: its snapshot is the last that had it.",
    ("record_id",),
    (
        *RECORD.columns,
        date("first_snapshot_date", "Snapshot in which the record was first received.", required=True),
        date("closed_date", "First snapshot without it; missing while its source sends it."),
    ),
)

CHANGED_RECORD = Table(
    "changed_record",
    "One record that is new, gone, or says something else than the base run remembered of it.",
    ("record_id",),
    (text("record_id", "Record.", required=True),),
)

TOUCHED_RECORD = Table(
    "touched_record",
    "One record whose pairs, or whose cluster, an increment made anew.",
    ("record_id",),
    (text("record_id", "Record.", required=True),),
)

STATEMENT = Table(
    "address_statement",
    "One statement of one record that its person lives, or lived, at one address.",
    ("record_id", "uprn", "first_snapshot_date"),
    (
        text("record_id", "Record that states it.", required=True),
        text("uprn", "Address.", required=True, personal=True),
        date("first_snapshot_date", "Snapshot in which it was first stated.", required=True),
        text("source", "Source of the record.", required=True),
        text("uprn_match_grade", "How the UPRN was found: given, exact, building, street or fuzzy."),
        date("from_date", "First day that the source states; missing when it states none."),
        date("to_date", "Last day that the source states; missing when it states none."),
        date("closed_date", "First snapshot in which it was no longer stated; missing while it is."),
    ),
)

LOCATING_ATTRIBUTES = ("uprn", "uprn_match_grade", "parent_uprn", "address_text", "postcode", "phone")
"""Attributes of a record that lead to where its person lives: missing where the address is withheld."""

LINK_ATTRIBUTES = (
    "forename",
    "middle_names",
    "surname",
    "birth_date",
    "age_group",
    "sex",
    "address",
    "phone",
    "email",
    "nhs_number",
    "nino",
    "upn",
    "source",
)
"""Attributes compared in linkage; each has a level column in `PAIR`."""

TERM_ATTRIBUTES = ("forename", "surname")
"""Attributes whose agreement weighs more the rarer the value; each has a column of term-frequency bits in `PAIR`."""

PAIR = Table(
    "pair",
    "One candidate pair of records, smaller id first.",
    ("record_id_l", "record_id_r"),
    (
        text("record_id_l", "Smaller record id.", required=True),
        text("record_id_r", "Larger record id.", required=True),
        text("blocking_rule", "First blocking rule that found the pair.", required=True),
        number("match_weight", "log2 odds that the two records are one person.", required=True),
        number("match_probability", "Probability that the two records are one person.", required=True),
        number(
            "household_probability",
            "Probability that they are two people of one household or family; missing from the engine recordlinkage.",
        ),
        *(
            integer(
                f"level_{a}",
                f"Comparison level of {a}: 0 differs, higher agrees better; missing if either is.",
            )
            for a in LINK_ATTRIBUTES
        ),
        *(
            number(
                f"term_bits_{a}",
                f"Bits that the rarity of the {a} adds to its level's, or takes off; engine recordlinkage only.",
            )
            for a in TERM_ATTRIBUTES
        ),
    ),
)

CLUSTER = Table(
    "cluster",
    "One record and the cluster it is in.",
    ("record_id",),
    (
        text("record_id", "Record.", required=True),
        text("cluster_id", "Smallest record id of the cluster.", required=True),
    ),
)

FREQUENCY = Table(
    "frequency",
    "One value that several records held when frequencies were frozen, or one full name.",
    ("key", "fingerprint"),
    (
        text("key", "Key of the value, such as surname or sorted(forename, surname).", required=True),
        integer(
            "fingerprint",
            "64-bit fingerprint of the value, the same in every run; never the value.",
            required=True,
        ),
        integer("record_count", "Records that held the value.", required=True),
        number("part_product", "Of a full name: records that bore each of its parts, multiplied."),
    ),
)

RECORD_ORDER = Table(
    "record_order",
    "One record that was linked, in canonical order: its row is its place in the other tables of the link cache.",
    ("record_id",),
    (text("record_id", "Record.", required=True),),
)


def record_key_table(rules: int, cuts: int) -> Table:
    """What each record was blocked by, so that an increment finds its neighbours: a table for any specification.

    Args:
        rules: Blocking rules of the specification.
        cuts: Keys that cut a block that is too large.
    """
    return Table(
        "record_key",
        "Fingerprints of one record, in the order of `record_order`; 0 for what it lacks.",
        (),
        (
            *(integer(f"block_{n:02}", f"Keys of blocking rule {n}.", required=True) for n in range(rules)),
            *(
                integer(f"cut_{n:02}", f"Key {n} that cuts a large block.", required=True)
                for n in range(cuts)
            ),
        ),
    )


PAIR_ARRAY = Table(
    "pair_array",
    "One candidate pair by the places of its records: the table `pair` without its text, for increments.",
    (),
    (
        integer("place_l", "Place in `record_order` of the record that comes first there.", required=True),
        integer("place_r", "Place of the other.", required=True),
        integer("kind", "Row of `pair_kind` that tells its levels and rules.", required=True),
        number("match_weight", "log2 odds that the two records are one person.", required=True),
        number(
            "household_weight",
            "log2 odds that they are two people of one household or family.",
            required=True,
        ),
    ),
)

PAIR_KIND = Table(
    "pair_kind",
    "One kind of candidate pair: comparison levels and the blocking rules that find it.",
    ("pattern", "finders"),
    (
        integer("pattern", "Comparison levels of all attributes, packed in one number.", required=True),
        integer("finders", "Blocking rules that find the pair, one bit each.", required=True),
    ),
)
