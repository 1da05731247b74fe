"""What every peer is given alike: the columns cleaned and derived (in DuckDB's SQL), and the blocking rules.

A rule is the columns that two records must share, none of them missing, to become a candidate pair; a pair is
a candidate when any rule gives it. Nothing here depends on a peer.
"""

MATCH_THRESHOLD = 0.95
KEPT_PROBABILITY = 0.001
THREADS = 2

_ROAD_WORDS = {
    "ave": "avenue",
    "cl": "close",
    "cres": "crescent",
    "ct": "court",
    "dr": "drive",
    "gdns": "gardens",
    "gr": "grove",
    "ln": "lane",
    "pl": "place",
    "rd": "road",
    "sq": "square",
    "st": "street",
    "terr": "terrace",
}


def _address_sql() -> str:
    """An address line in lower case, without punctuation or the word for a flat, its road word written out."""
    sql = "regexp_replace(lower(address), '[^a-z0-9]+', ' ', 'g')"
    sql = f"trim(regexp_replace({sql}, '\\b(flat|apartment|apt|unit)\\b ?', ''))"
    for short, long in _ROAD_WORDS.items():
        sql = f"regexp_replace({sql}, '\\b{short}$', '{long}')"
    return f"nullif({sql}, '')"


_PEOPLE_CLEANED = {
    "record_id": "record_id",
    "forename": "nullif(lower(trim(forename)), '')",
    "surname": "nullif(lower(trim(surname)), '')",
    "birth_date": "birth_date",
    "sex": "sex",
    "address": _address_sql(),
    "postcode": "nullif(upper(trim(postcode)), '')",
    "phone": "nullif(regexp_replace(regexp_replace(phone, '[^0-9]', '', 'g'), '^44', '0'), '')",
    "email": "nullif(lower(trim(email)), '')",
}
_PEOPLE_DERIVED = {
    "forename_initial": "substr(forename, 1, 1)",
    "birth_year": "substr(birth_date, 1, 4)",
    "outward": "nullif(split_part(postcode, ' ', 1), '')",
    "name_pair": "CASE WHEN forename IS NOT NULL AND surname IS NOT NULL"
    " THEN least(forename, surname) || ' ' || greatest(forename, surname) END",
}
_PEOPLE_RULES = (
    ("email",),
    ("phone", "forename_initial"),
    ("surname", "birth_date"),
    ("forename", "birth_date"),
    ("birth_date", "postcode"),
    ("forename", "postcode"),
    ("surname", "forename_initial", "outward"),
    ("name_pair", "birth_year"),
)

_FEBRL_CLEANED = {
    name: name if name == "record_id" else f"nullif(trim({name}), '')"
    for name in (
        "record_id",
        "given_name",
        "surname",
        "street_number",
        "address_1",
        "address_2",
        "suburb",
        "postcode",
        "state",
        "date_of_birth",
        "soc_sec_id",
    )
}
_FEBRL_RULES = (
    ("soc_sec_id",),
    ("surname", "date_of_birth"),
    ("given_name", "date_of_birth"),
    ("given_name", "surname"),
    ("postcode", "address_1"),
    ("date_of_birth", "postcode"),
)

# What the pipeline has standardised is given as it is; a date known in part is none to a peer.
_COUNCIL_CLEANED = {
    name: name
    for name in (
        "record_id",
        "raw_row",
        "forename",
        "forename_root",
        "middle_names",
        "surname",
        "sex",
        "uprn",
        "postcode",
        "phone",
        "email",
        "nhs_number",
        "nino",
        "upn",
        "age_group",
    )
} | {
    "birth_date": "CASE WHEN substr(birth_date, 7) <> '00' THEN concat_ws('-', substr(birth_date, 1, 4),"
    " substr(birth_date, 5, 2), substr(birth_date, 7)) END",
    "birth_year": "substr(birth_date, 1, 4)",
    "address": "address_text",
}
_COUNCIL_DERIVED = {
    "forename_initial": "substr(forename, 1, 1)",
    "outward": _PEOPLE_DERIVED["outward"],
    "name_pair": _PEOPLE_DERIVED["name_pair"],
}
_COUNCIL_RULES = (
    ("nhs_number",),
    ("nino",),
    ("upn",),
    ("email",),
    ("phone", "forename_initial"),
    ("surname", "birth_date"),
    ("forename_root", "birth_date"),
    ("forename_root", "uprn"),
    ("surname", "forename_initial", "uprn"),
    ("surname", "forename_initial", "postcode"),
    ("name_pair", "outward"),
    ("birth_date", "postcode"),
    ("surname", "forename_root", "birth_year"),
)
"""Those of `linkage/engine/record_spec.yaml` but its rare full names: a peer has no bound of a block."""

CLEANED = {"people": _PEOPLE_CLEANED, "febrl": _FEBRL_CLEANED, "council": _COUNCIL_CLEANED}
DERIVED = {"people": _PEOPLE_DERIVED, "febrl": {}, "council": _COUNCIL_DERIVED}
BLOCKING = {"people": _PEOPLE_RULES, "febrl": _FEBRL_RULES, "council": _COUNCIL_RULES}
