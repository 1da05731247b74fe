"""The blocking rules: which pairs of records are looked at at all, each rule with its reason."""

from dataclasses import dataclass

LARGEST_BLOCK = 100
"""Records: a block above it is split, so that one common value cannot cost millions of pairs."""
LARGEST_NAME_BLOCK = 20
"""Records: a full name that more bear is too common to say anything without a place or date."""


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """Records that share all keys are candidates to be one person.

    Attributes:
        name: Name of the rule, the provenance of the pairs it finds first.
        keys: Columns of the encoded records that must agree; a missing key forms no block.
        split_by: Further keys that cut a block that is over the cap, in order.
        reason: What the rule is there to find.
        largest_block: Records above which a block is split.
    """

    name: str
    keys: tuple[str, ...]
    split_by: tuple[str, ...]
    reason: str
    largest_block: int = LARGEST_BLOCK


BLOCKING_RULES: tuple[BlockingRule, ...] = (
    BlockingRule("nhs_number", ("nhs_number",), ("full_birth_date", "forename_root"), "one number, one person"),
    BlockingRule("nino", ("nino",), ("full_birth_date", "forename_root"), "one number, one person"),
    BlockingRule("upn", ("upn",), ("full_birth_date", "forename_root"), "one number, one pupil"),
    BlockingRule("email", ("email",), ("forename_root", "postcode"), "survives a move and a change of surname"),
    BlockingRule(
        "phone_forename_initial", ("phone", "forename_initial"), ("forename_root", "surname"),
        "survives a move and a change of surname; the initial keeps families apart",
    ),
    BlockingRule(
        "surname_birth_date", ("surname", "full_birth_date"), ("forename_initial", "postcode"),
        "survives a move, a change or misspelling of the forename",
    ),
    BlockingRule(
        "forename_birth_date", ("forename_root", "full_birth_date"), ("surname", "outward"),
        "survives a move and a change of surname",
    ),
    BlockingRule(
        "forename_uprn", ("forename_root", "uprn"), ("surname", "birth_year"),
        "needs no birth date; survives a change of surname",
    ),
    BlockingRule(
        "surname_initial_uprn", ("surname", "forename_initial", "uprn"), ("forename_root", "birth_year"),
        "needs no birth date, and only an initial: council tax",
    ),
    BlockingRule(
        "surname_initial_postcode", ("surname", "forename_initial", "postcode"), ("forename_root", "birth_year"),
        "needs no birth date and no property reference",
    ),
    BlockingRule(
        "name_pair_outward", ("name_pair", "outward"), ("birth_year", "postcode"),
        "forename and surname in either order; survives a mistyped postcode and a short move",
    ),
    BlockingRule(
        "name_pair", ("name_pair",), ("outward", "full_birth_date"),
        "forename and surname in either order; survives a move where a source has no birth date",
        LARGEST_NAME_BLOCK,
    ),
    BlockingRule(
        "birth_date_postcode", ("full_birth_date", "postcode"), ("forename_initial", "surname"),
        "survives any change or misspelling of the name",
    ),
    BlockingRule(
        "surname_forename_birth_year", ("surname", "forename_root", "birth_year"), ("outward", "postcode"),
        "survives a slip in the birth date, and dates known in part",
    ),
)  # fmt: skip
"""In order: a pair belongs to the first rule that finds it."""

AT_ONE_ADDRESS = BlockingRule(
    "at_one_address", ("uprn",), ("surname", "birth_year"),
    "not for candidates: shows what two people of one household look like",
)  # fmt: skip
