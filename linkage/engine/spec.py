"""The specification: what the records are, how their attributes are compared and which pairs are looked at."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from linkage.engine.encode import KEPT_WORDS, ColumnSource, vocabulary_of
from linkage.engine.keys import KINDS_OF_FUNCTION, VALUE, Key, parse_key
from linkage.engine.normalise import KINDS
from linkage.engine.tests_of_levels import Test, parse_test
from linkage.errors import ModelError

Role = Literal["person", "family", "place", "contact", "source"]
"""Who shares it: person = one person only (forename, birth date); family = kin (surname); place = a household;
contact = a person, a family or a household (telephone); source = nobody: where the record came from."""
DIFFERS, SOURCE = "differs", "source"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnSpec(_Part):
    """A column of people data: its kind, and the input columns it is made of."""

    kind: Annotated[
        str, Field(description=f"What it holds: {', '.join(KINDS)}.", json_schema_extra={"enum": [*KINDS]})
    ]
    inputs: Annotated[
        tuple[str, ...], Field(description="Input columns, joined by a space; its own name when not given.")
    ] = ()
    part: Annotated[
        Literal["", "given", "family"],
        Field(description="Part of a full name that is read: given or family; all of it when not given."),
    ] = ""

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind}; expected one of {', '.join(KINDS)}")
        return kind


class LevelSpec(_Part):
    """One comparison level: the name, and the tests that must all hold. Two levels of one name are alternatives."""

    name: Annotated[str, Field(description="Name in explanations, such as 'exact'.", min_length=1)]
    when: Annotated[
        tuple[str, ...], Field(description="Tests that must all hold, such as same(forename).", min_length=1)
    ]
    silent: Annotated[bool, Field(description="Says nothing: another attribute has told it already.")] = False

    @field_validator("name")
    @classmethod
    def _not_the_rest(cls, name: str) -> str:
        if name == DIFFERS:
            raise ValueError(f"{DIFFERS} is the program's own name for all pairs that reach no level")
        return name

    @property
    def tests(self) -> tuple[Test, ...]:
        """The tests."""
        return tuple(parse_test(text) for text in self.when)


class AttributeSpec(_Part):
    """One attribute: its role, its levels from the strongest to the weakest, all others being `differs`."""

    name: Annotated[str, Field(description="Name of the attribute.", min_length=1)]
    role: Annotated[Role, Field(description="Who shares it: person, family, place, contact or source.")] = (
        "person"
    )
    known: Annotated[
        tuple[str, ...],
        Field(description="Keys of which both records must have one; else it is missing.", min_length=1),
    ]
    levels: Annotated[tuple[LevelSpec, ...], Field(description="Levels, strongest first.", min_length=1)]
    term_frequency: Annotated[
        str | None, Field(description="Key whose rarity counts on the strongest level.")
    ] = None

    @property
    def level_names(self) -> tuple[str, ...]:
        """Names of the levels that speak, weakest first: a level's number is its place here."""
        spoken = dict.fromkeys(level.name for level in self.levels if not level.silent)
        return (DIFFERS, *reversed(spoken))

    @property
    def keys(self) -> Iterator[Key]:
        """Every key it looks at."""
        yield from (parse_key(text) for text in self.known)
        yield from (key for level in self.levels for test in level.tests for key in test.keys)
        if self.term_frequency:
            yield parse_key(self.term_frequency)


class RuleSpec(_Part):
    """One blocking rule: records that share all keys are compared."""

    keys: Annotated[
        tuple[str, ...],
        Field(description="Keys that must agree, such as [surname, year(birth_date)].", min_length=1),
    ]
    reason: Annotated[str, Field(description="What the rule is there to find.")] = ""
    name: Annotated[
        str, Field(description="Provenance of the pairs it is the first to find; its keys when not given.")
    ] = ""
    largest_block: Annotated[
        int | None, Field(description="Records above which its blocks are split.", ge=2, le=10_000)
    ] = None

    @property
    def title(self) -> str:
        """The rule as text: provenance of the pairs it is the first to find."""
        return self.name or " + ".join(str(key) for key in self.parsed)

    @property
    def parsed(self) -> tuple[Key, ...]:
        """The keys."""
        return tuple(parse_key(text) for text in self.keys)


class Spec(_Part):
    """A specification, complete or only record id and columns: what is not given is chosen by the kinds."""

    record_id: Annotated[str, Field(description="Input column that identifies a record.")]
    source: Annotated[str | None, Field(description="Input column that names the source of a record.")] = None
    columns: Annotated[
        dict[str, ColumnSpec],
        Field(description="Columns: name to kind, or to kind and inputs.", min_length=1),
    ]
    attributes: Annotated[
        tuple[AttributeSpec, ...], Field(description="Comparisons; by kind when not given.")
    ] = ()
    blocking_rules: Annotated[
        tuple[RuleSpec, ...], Field(description="Rules in order; by kind when not given.")
    ] = ()
    own_rules: Annotated[
        bool,
        Field(
            description="Also compare people of one household, or of one line of address, with one initial; of one "
            "forename, in full or short, at a postcode; and bearers of one rare name."
        ),
    ] = True
    full_name_lift: Annotated[
        bool, Field(description="Weigh that strangers who share a surname more often share a forename too.")
    ] = True
    compare: Annotated[
        Literal["all", "between_sources"], Field(description="Whether a source may hold a person twice.")
    ] = "all"
    apart: Annotated[
        tuple[str, ...], Field(description="Input columns: records that share them all are different people.")
    ] = ()
    largest_block: Annotated[
        int, Field(description="Records above which a block is split.", ge=2, le=10_000)
    ] = 200

    @field_validator("columns", mode="before")
    @classmethod
    def _short_columns(cls, columns: Any) -> Any:
        if not isinstance(columns, dict):
            return columns
        return {name: {"kind": value} if isinstance(value, str) else value for name, value in columns.items()}

    @field_validator("blocking_rules", mode="before")
    @classmethod
    def _short_rules(cls, rules: Any) -> Any:
        if not isinstance(rules, list | tuple):
            return rules
        return [{"keys": rule} if isinstance(rule, list) else rule for rule in rules]

    @model_validator(mode="after")
    def _fits_together(self) -> "Spec":
        for key in self.keys:
            unknown = [column for column in key.columns if column not in self.columns]
            if unknown:
                raise ValueError(f"the key {key} uses {', '.join(unknown)}, which is not among the columns")
        for key in self.keys:
            self._check_kinds(key)
        for test in (t for a in self.attributes for level in a.levels for t in level.tests):
            self._check_comparable(test)
        names = [attribute.name for attribute in self.attributes]
        if len(set(names)) != len(names):
            raise ValueError("two attributes have one name")
        if self.source is not None and SOURCE in (*names, *self.columns):
            raise ValueError(f"{SOURCE} is the program's own name for the column that names the source")
        if self.compare == "between_sources" and self.source is None:
            raise ValueError("compare: between_sources needs the source column")
        return self

    def _check_kinds(self, key: Key) -> None:
        """Refuse a function of a column of another kind than it is for, and columns whose values cannot be the same."""
        kinds = [self.columns[column].kind for column in key.columns]
        expected = KINDS_OF_FUNCTION.get(key.function, tuple(kinds))
        if not set(kinds) <= set(expected):
            raise ValueError(f"the key {key} is for columns of kind {' or '.join(expected)}")
        if len({vocabulary_of(kind) for kind in kinds}) > 1:
            raise ValueError(f"the key {key} joins columns of kinds {', '.join(kinds)}: their values differ")

    def _check_comparable(self, test: Test) -> None:
        """Refuse a test between keys whose values cannot be the same."""
        if test.name not in ("crossed", "swapped"):
            return
        kinds = {vocabulary_of(self.columns[column].kind) for key in test.keys for column in key.columns}
        if len(kinds) > 1 or any(key.function not in (VALUE, *KEPT_WORDS) for key in test.keys):
            raise ValueError(
                f"the test {test.name} of {' and '.join(map(str, test.keys))} compares unlike values"
            )

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every key that comparisons and blocking rules need, each once, with the columns that they are made of."""
        used = [key for attribute in self.attributes for key in attribute.keys]
        used += [key for rule in self.blocking_rules for key in rule.parsed]
        parts = [Key(VALUE, (column,)) for key in used if key.function == "sorted" for column in key.columns]
        return tuple(dict.fromkeys([*used, *parts]))

    @property
    def column_sources(self) -> dict[str, ColumnSource]:
        """Input columns and kind of each column."""
        return {
            name: ColumnSource(column.inputs or (name,), column.kind, column.part)
            for name, column in self.columns.items()
        }


def read_spec(path: Path) -> Spec:
    """Read a specification from YAML or JSON.

    Args:
        path: The file.

    Returns:
        The specification as written, nothing filled in.

    Raises:
        ModelError: The file is missing, is not YAML, or is not a specification; the message names the faulty places.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise ModelError(
            f"The specification {path} cannot be read: {type(error).__name__}. Expected a YAML file."
        ) from None
    return parse_spec(content, str(path))


def parse_spec(content: Any, where: str) -> Spec:
    """A specification from plain data.

    Raises:
        ModelError: It is not one; the message names the faulty places.
    """
    try:
        return Spec.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'specification'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise ModelError(f"The specification {where} is not valid: {faults}.") from None
