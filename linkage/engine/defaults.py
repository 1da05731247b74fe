"""Comparisons and blocking rules by the kinds of the columns, for a specification that gives none."""

from collections.abc import Callable, Collection
from itertools import chain, combinations, count

from linkage.engine.full_names import PARTS
from linkage.engine.spec import AttributeSpec, ColumnSpec, LevelSpec, Role, RuleSpec, Spec, parse_spec
from linkage.errors import ModelError

PLACE_KINDS = ("uprn", "address", "postcode", "place_name")
Columns = dict[str, str]
"""The first column of each kind."""


def with_defaults(spec: Spec) -> Spec:
    """The specification with what it does not say filled in by the kinds of its columns."""
    columns = {**spec.columns, **({} if spec.attributes else _parts_of_names(spec))}
    spec = spec.model_copy(update={"columns": columns})
    attributes = spec.attributes or default_attributes(spec)
    if not attributes:
        raise ModelError(
            "The specification compares nothing. Expected a column of a person's own, such as a forename."
        )
    rules = _with_own(spec.blocking_rules or default_rules(spec), spec)
    complete = spec.model_copy(update={"attributes": attributes, "blocking_rules": rules}).model_dump()
    return parse_spec(complete, "with its defaults")


def _parts_of_names(spec: Spec) -> dict[str, ColumnSpec]:
    """Given names and family name of the first full name, where no other column holds them."""
    first = _first_of_kind(spec)
    name = first.get("full_name")
    if name is None or "forename" in first or "surname" in first:
        return {}
    inputs = spec.columns[name].inputs or (name,)
    given, family = (_free(f"{name}_{part}", spec.columns) for part in PARTS)
    return {
        given: ColumnSpec(kind="forename", inputs=inputs, part="given"),
        family: ColumnSpec(kind="surname", inputs=inputs, part="family"),
    }


def _free(name: str, taken: Collection[str]) -> str:
    """The name, or the first like it that is not taken."""
    return next(one for one in chain([name], (f"{name}_{n}" for n in count(2))) if one not in taken)


def default_attributes(spec: Spec) -> tuple[AttributeSpec, ...]:
    """One comparison for each column, but one for all that say where a person lives: they are not independent."""
    kinds = {name: column.kind for name, column in spec.columns.items()}
    first = _first_of_kind(spec)
    told = {"full_name"} if {"forename", "surname"} <= set(first) else set()
    made = [_BY_KIND[kind](name, first) for name, kind in kinds.items() if kind in _BY_KIND.keys() - told]
    homes = [(name, kind) for name, kind in kinds.items() if kind in PLACE_KINDS]
    place = _place(homes, [attribute.name for attribute in made])
    return (*made, *([place] if place else []))


def _first_of_kind(spec: Spec) -> Columns:
    first: Columns = {}
    for name, column in spec.columns.items():
        first.setdefault(column.kind, name)
    return first


def _level(name: str, *when: str, silent: bool = False) -> LevelSpec:
    return LevelSpec(name=name, when=when, silent=silent)


def _forename(name: str, first: Columns) -> AttributeSpec:
    full = f"not either(is_initial({name}))"
    levels = [
        _level("exact", f"same({name})", full),
        _level("short form of one name", f"same(root({name}))", full),
    ]
    if "surname" in first:
        levels.append(_level("forename and surname swapped", f"swapped({name}, {first['surname']})"))
    if "middle_names" in first:
        levels.append(
            _level("known by a middle name", f"crossed({name}, first_word({first['middle_names']}))", full)
        )
    levels += [
        _level("one word of the other", f"crossed({name}, first_word({name}))", full),
        _level(
            "slip of the pen: close, and one spelling is rare",
            f"jaro_winkler({name}) >= 0.88",
            f"commoner({name}) >= 16",
            full,
        ),
        _level(
            "slip of the pen: close, and one spelling is rare",
            f"edits({name}) <= 1",
            f"commoner({name}) >= 16",
            full,
        ),
        _level("close", f"jaro_winkler({name}) >= 0.92", full),
        _level("initial agrees", f"same(prefix({name}, 1))", f"either(is_initial({name}))"),
        _level("alike", f"jaro_winkler({name}) >= 0.8", full),
    ]
    return AttributeSpec(name=name, role="person", known=(name,), levels=tuple(levels), term_frequency=name)


def _surname(name: str, first: Columns) -> AttributeSpec:
    levels = [_level("exact", f"same({name})")]
    if "forename" in first:
        levels.append(_level("told by the forename", f"swapped({first['forename']}, {name})", silent=True))
    levels += [
        _level("shares a part", f"crossed({name}, first_word({name}))"),
        _level("shares a part", f"crossed({name}, last_word({name}))"),
        _level(
            "slip of the pen: close, and one spelling is rare",
            f"jaro_winkler({name}) >= 0.88",
            f"commoner({name}) >= 16",
        ),
        _level(
            "slip of the pen: close, and one spelling is rare",
            f"edits({name}) <= 1",
            f"commoner({name}) >= 16",
        ),
        _level("close", f"jaro_winkler({name}) >= 0.92"),
        _level("alike", f"jaro_winkler({name}) >= 0.8"),
    ]
    return AttributeSpec(name=name, role="family", known=(name,), levels=tuple(levels), term_frequency=name)


def _date(name: str, first: Columns) -> AttributeSpec:
    levels = (
        _level("exact", f"same({name})"),
        _level("one digit, or two neighbours", f"edits({name}) <= 1"),
        _level("same year, one a 1 January", f"same(year({name}))", f"either(is_new_year({name}))"),
        _level("same year and month", f"same(month({name}))"),
        _level("same day and month", f"same(day({name}))", f"not either(is_new_year({name}))"),
        _level("two digits", f"edits({name}) <= 2"),
        _level("same year", f"same(year({name}))"),
    )
    return AttributeSpec(name=name, role="person", known=(name,), levels=levels, term_frequency=name)


def _sex(name: str, first: Columns) -> AttributeSpec:
    told = (
        [_level("told by the forename", f"same(root({first['forename']}))", silent=True)]
        if "forename" in first
        else []
    )
    return AttributeSpec(
        name=name, role="person", known=(name,), levels=(*told, _level("exact", f"same({name})"))
    )


def _category(name: str, first: Columns) -> AttributeSpec:
    return AttributeSpec(
        name=name,
        role="person",
        known=(name,),
        levels=(_level("exact", f"same({name})"),),
        term_frequency=name,
    )


def _middle_names(name: str, first: Columns) -> AttributeSpec:
    levels = (
        _level("exact", f"same({name})"),
        _level("first agrees", f"same(first_word({name}))"),
        _level("close", f"jaro_winkler({name}) >= 0.9"),
        _level("initial agrees", f"same(prefix({name}, 1))"),
    )
    return AttributeSpec(name=name, role="person", known=(name,), levels=levels, term_frequency=name)


def _phone(name: str, first: Columns) -> AttributeSpec:
    levels = (_level("exact", f"same({name})"), _level("one digit", f"edits({name}) <= 1"))
    return AttributeSpec(name=name, role="contact", known=(name,), levels=levels, term_frequency=name)


def _email(name: str, first: Columns) -> AttributeSpec:
    """Addresses are made of names: namesakes have like ones, so that only the very same says more than names."""
    told = []
    if "forename" in first and "surname" in first:
        namesakes = (f"same({first['forename']})", f"same({first['surname']})")
        told = [
            _level("told by the names", f"same(local_part({name}))", *namesakes, silent=True),
            _level("told by the names", f"edits({name}) <= 2", *namesakes, silent=True),
        ]
    levels = (
        _level("exact", f"same({name})"),
        *told,
        _level("same before the @", f"same(local_part({name}))"),
        _level("close", f"edits({name}) <= 2"),
    )
    return AttributeSpec(name=name, role="contact", known=(name,), levels=levels, term_frequency=name)


def _identifier(name: str, first: Columns) -> AttributeSpec:
    levels = (_level("exact", f"same({name})"), _level("one character", f"edits({name}) <= 1"))
    return AttributeSpec(name=name, role="person", known=(name,), levels=levels, term_frequency=name)


def _full_name(name: str, first: Columns) -> AttributeSpec:
    return _words_of(name, "person")


def _text(name: str, first: Columns) -> AttributeSpec:
    """What is no other kind, such as an employer or a school, may be shared like a telephone."""
    return _words_of(name, "contact")


def _words_of(name: str, role: Role) -> AttributeSpec:
    levels = (
        _level("exact", f"same({name})"),
        _level("close", f"jaro_winkler({name}) >= 0.92"),
        _level("alike", f"jaro_winkler({name}) >= 0.8"),
    )
    return AttributeSpec(name=name, role=role, known=(name,), levels=levels, term_frequency=name)


_BY_KIND: dict[str, Callable[[str, Columns], AttributeSpec]] = {
    "forename": _forename,
    "surname": _surname,
    "middle_names": _middle_names,
    "full_name": _full_name,
    "birth_date": _date,
    "date": _date,
    "sex": _sex,
    "category": _category,
    "phone": _phone,
    "email": _email,
    "identifier": _identifier,
    "text": _text,
}


def _place(columns: list[tuple[str, str]], taken: Collection[str]) -> AttributeSpec | None:
    """One comparison of all that says where a person lives.

    Args:
        columns: Name and kind of each column that says so.
        taken: Names that other comparisons have.
    """
    if not columns:
        return None
    of: dict[str, list[str]] = {}
    for column, kind in columns:
        of.setdefault(kind, []).append(column)
    first = {kind: names[0] for kind, names in of.items()}
    levels = [*_at_one_property(of), *_near(first)]
    used = {column for level in levels for test in level.tests for key in test.keys for column in key.columns}
    known = tuple(column for column, _ in columns if column in used)
    term = first.get("uprn") or first.get("address") or first.get("postcode") or first["place_name"]
    return AttributeSpec(
        name=_free("address", taken), role="place", known=known, levels=tuple(levels), term_frequency=term
    )


def _at_one_property(of: dict[str, list[str]]) -> list[LevelSpec]:
    """Levels of one property by any of the addresses that a record gives, one record's first and another's second."""
    uprns, lines, postcodes = (of.get(kind, []) for kind in ("uprn", "address", "postcode"))
    tests: list[tuple[str, ...]] = [(f"same({uprn})",) for uprn in uprns]
    tests += [(f"crossed({one}, {other})",) for one, other in combinations(uprns, 2)]
    if not postcodes:
        tests += [(f"same({line})",) for line in lines]
        tests += [(f"crossed({one}, {other})",) for one, other in combinations(lines, 2)]
    homes = list(zip(lines, postcodes, strict=False))
    for line, postcode in homes:
        tests += [(f"same(numbers({line}))", f"same({postcode})"), (f"same({line})", f"same({postcode})")]
    for (line, postcode), (other_line, other_postcode) in combinations(homes, 2):
        tests.append((f"crossed({line}, {other_line})", f"crossed({postcode}, {other_postcode})"))
    return [_level("same property", *when) for when in tests]


def _near(of: dict[str, str]) -> list[LevelSpec]:
    """Levels below one property, of the first column of each kind."""
    line, postcode = of.get("address"), of.get("postcode")
    levels: list[LevelSpec] = []
    if line and postcode:
        levels += [
            _level("same line, postcode close", f"same({line})", f"edits({postcode}) <= 2"),
            _level("same house number, same postcode", f"same(last_number({line}))", f"same({postcode})"),
            _level("line close, same postcode", f"jaro_winkler({line}) >= 0.92", f"same({postcode})"),
            _level("same line, another postcode", f"same({line})"),
            _level(
                "line close, another postcode", f"jaro_winkler({line}) >= 0.94", f"same(last_number({line}))"
            ),
        ]
    elif line:
        levels += [
            _level("line close", f"jaro_winkler({line}) >= 0.92", f"same(last_number({line}))"),
            _level("line alike", f"jaro_winkler({line}) >= 0.92"),
        ]
    if postcode:
        levels += [
            _level("same postcode", f"same({postcode})"),
            _level("postcode close", f"edits({postcode}) <= 1"),
        ]
    if "place_name" in of:
        levels.append(_level("same place", f"same({of['place_name']})"))
    if postcode:
        levels.append(_level("same outward postcode", f"same(outward({postcode}))"))
    return levels


_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("one number, one person", ("{identifier}",)),
    ("survives a move and a change of name", ("{email}",)),
    ("survives a move; the initial keeps families apart", ("{phone}", "prefix({forename}, 1)")),
    ("survives a move and a slip in the forename", ("{surname}", "{birth_date}")),
    ("survives a move and a change of surname", ("{forename}", "{birth_date}")),
    ("survives any change of the name", ("{birth_date}", "{postcode}")),
    ("needs no birth date", ("root({forename})", "{postcode}")),
    ("needs no birth date, and only an initial", ("{surname}", "prefix({forename}, 1)", "{uprn}")),
    (
        "needs no birth date; survives a slip in the postcode",
        ("{surname}", "prefix({forename}, 1)", "outward({postcode})"),
    ),
    ("forename and surname in either order", ("sorted({forename}, {surname})", "year({birth_date})")),
    ("survives a slip in the surname", ("soundex({surname})", "prefix({forename}, 1)", "{birth_date}")),
)
_WITHOUT_PLACE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("all there is: the name in either order", ("sorted({forename}, {surname})",)),
    ("all there is: the name by sound", ("soundex({surname})", "root({forename})")),
)


RARE_NAME = 20
"""Records that bear a name above which it is too common to say anything without a place or a date."""
RARE_LINE = 20
"""Records of one line and initial above which a line is too common to say anything without its postcode."""
_OWN: tuple[tuple[str, int | None, str, tuple[str, ...]], ...] = (
    (
        "one household", None, "survives any change of the surname and slips in the forename",
        ("numbers({address})", "{postcode}", "prefix({forename}, 1)"),
    ),
    (
        "one property", None, "survives any change of the surname and slips in the forename",
        ("{uprn}", "prefix({forename}, 1)"),
    ),
    (
        "one line of address", RARE_LINE, "survives a slip in the postcode, or none, and any change of the surname",
        ("{address}", "prefix({forename}, 1)"),
    ),
    (
        "one forename at a postcode", None, "survives a short form of the forename; needs no birth date",
        ("root({forename})", "{postcode}"),
    ),
    (
        "one rare name", RARE_NAME, "survives a move where there is no birth date, the names in either order",
        ("sorted({forename}, {surname})",),
    ),
)  # fmt: skip


def default_rules(spec: Spec) -> tuple[RuleSpec, ...]:
    """The rules whose columns are there, in order."""
    first = _first_of_kind(spec)
    identifiers = [
        RuleSpec(keys=(name,), reason=_RULES[0][0])
        for name, c in spec.columns.items()
        if c.kind == "identifier"
    ]
    rules = [*identifiers, *_that_fit(_RULES[1:], first)]
    if "birth_date" not in first or not {"postcode", "uprn"} & set(first):
        rules += _that_fit(_WITHOUT_PLACE, first)
    if not rules:
        rules = [RuleSpec(keys=(name,), reason="all there is") for name in spec.columns]
    return tuple(rules)


def _with_own(rules: tuple[RuleSpec, ...], spec: Spec) -> tuple[RuleSpec, ...]:
    """The rules, and the engine's own unless they are there or not wanted: they bring what other rules miss."""
    first = _first_of_kind(spec)
    own = [
        rule.model_copy(update={"name": name, "largest_block": cap})
        for name, cap, reason, keys in _OWN
        for rule in _that_fit(((reason, keys),), first)
    ]
    there = {rule.parsed for rule in rules}
    return (*rules, *(rule for rule in own if spec.own_rules and rule.parsed not in there))


def _that_fit(rules: tuple[tuple[str, tuple[str, ...]], ...], first: Columns) -> list[RuleSpec]:
    made = []
    for reason, keys in rules:
        try:
            made.append(RuleSpec(keys=tuple(key.format_map(first) for key in keys), reason=reason))
        except KeyError:
            continue
    return made
