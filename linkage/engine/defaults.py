"""Comparisons and blocking rules by the kinds of the columns, for a specification that gives none."""

from collections.abc import Callable

from linkage.engine.spec import AttributeSpec, LevelSpec, RuleSpec, Spec
from linkage.errors import ModelError

PLACE_KINDS = ("uprn", "address", "postcode", "place_name")
Columns = dict[str, str]
"""The first column of each kind."""


def with_defaults(spec: Spec) -> Spec:
    """The specification with what it does not say filled in by the kinds of its columns."""
    columns = dict(spec.columns)
    attributes = spec.attributes or default_attributes(spec)
    if not attributes:
        raise ModelError(
            "The specification compares nothing. Expected a column of a person's own, such as a forename."
        )
    rules = _with_own(spec.blocking_rules or default_rules(spec), spec)
    return Spec.model_validate(
        spec.model_copy(
            update={"columns": columns, "attributes": attributes, "blocking_rules": rules}
        ).model_dump()
    )


def default_attributes(spec: Spec) -> tuple[AttributeSpec, ...]:
    """One comparison for each column, but one for all that say where a person lives: they are not independent."""
    kinds = {name: column.kind for name, column in spec.columns.items()}
    first = _first_of_kind(spec)
    made = [_BY_KIND[kind](name, first) for name, kind in kinds.items() if kind in _BY_KIND]
    place = _place([(name, kind) for name, kind in kinds.items() if kind in PLACE_KINDS])
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


def _text(name: str, first: Columns) -> AttributeSpec:
    levels = (
        _level("exact", f"same({name})"),
        _level("close", f"jaro_winkler({name}) >= 0.92"),
        _level("alike", f"jaro_winkler({name}) >= 0.8"),
    )
    return AttributeSpec(name=name, role="person", known=(name,), levels=levels, term_frequency=name)


_BY_KIND: dict[str, Callable[[str, Columns], AttributeSpec]] = {
    "forename": _forename,
    "surname": _surname,
    "middle_names": _middle_names,
    "full_name": _text,
    "birth_date": _date,
    "date": _date,
    "sex": _sex,
    "category": _category,
    "phone": _phone,
    "email": _email,
    "identifier": _identifier,
    "text": _text,
}


def _place(columns: list[tuple[str, str]]) -> AttributeSpec | None:
    """One comparison of all that says where a person lives."""
    if not columns:
        return None
    of = {kind: name for name, kind in reversed(columns)}
    levels: list[LevelSpec] = []
    line, postcode = of.get("address"), of.get("postcode")
    if "uprn" in of:
        levels.append(_level("same property", f"same({of['uprn']})"))
    if line and postcode:
        levels.append(_level("same property", f"same(numbers({line}))", f"same({postcode})"))
        levels.append(_level("same property", f"same({line})", f"same({postcode})"))
        levels.append(_level("same line, postcode close", f"same({line})", f"edits({postcode}) <= 2"))
        levels.append(
            _level("same house number, same postcode", f"same(last_number({line}))", f"same({postcode})")
        )
        levels.append(
            _level("line close, same postcode", f"jaro_winkler({line}) >= 0.92", f"same({postcode})")
        )
        levels.append(_level("same line, another postcode", f"same({line})"))
        levels.append(
            _level(
                "line close, another postcode", f"jaro_winkler({line}) >= 0.94", f"same(last_number({line}))"
            )
        )
    elif line:
        levels.append(_level("same property", f"same({line})"))
        levels.append(_level("line close", f"jaro_winkler({line}) >= 0.92", f"same(last_number({line}))"))
        levels.append(_level("line alike", f"jaro_winkler({line}) >= 0.92"))
    if postcode:
        levels.append(_level("same postcode", f"same({postcode})"))
        levels.append(_level("postcode close", f"edits({postcode}) <= 1"))
    if "place_name" in of:
        levels.append(_level("same place", f"same({of['place_name']})"))
    if postcode:
        levels.append(_level("same outward postcode", f"same(outward({postcode}))"))
    known = tuple(name for name, _ in columns)
    term = of.get("uprn") or line or postcode or of["place_name"]
    return AttributeSpec(name="address", role="place", known=known, levels=tuple(levels), term_frequency=term)


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
