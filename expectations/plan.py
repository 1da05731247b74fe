"""The checks of one source: its contract's rules and what is checked of every source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from expectations.dates import resolve_bound, tell_bound
from expectations.model import HOLDING, ValidationContext
from expectations.rules import RULES, RuleKind
from linkage.contracts.model import Contract, Rule, Severity
from linkage.errors import ContractError


@dataclass(frozen=True)
class PlannedCheck:
    """One check to carry out, with everything it needs resolved.

    Attributes:
        rule: Name of the rule.
        column: Column the rule is about; None for whole rows and the file.
        columns: Every column that must be there for the check to be possible.
        severity: reject, quarantine or warn.
        reason: What the rule asks for, in plain words.
        arguments: The contract's arguments, with dates resolved and the extract's date format added.
        max_share: Share of rows that may break the rule; then the check is about the file, not its rows.
        is_about_file: The file passes or fails as a whole.
    """

    rule: str
    column: str | None
    columns: tuple[str, ...]
    severity: Severity
    reason: str
    arguments: dict[str, Any]
    max_share: float | None
    is_about_file: bool

    @property
    def is_about_rows(self) -> bool:
        """The rule finds fault with rows one by one, though the file may be judged by how many there are."""
        return RULES[self.rule].scope != "file"

    @property
    def holds_rows(self) -> bool:
        """A row that fails is held back."""
        return self.severity in HOLDING and not self.is_about_file


def plan_checks(contract: Contract, context: ValidationContext) -> list[PlannedCheck]:
    """Every check of a source, in the order of the contract; first what is checked of every source.

    Raises:
        ContractError: A rule is unknown, stands in the wrong place, or its arguments do not fit.
    """
    return [
        _planned(rule, column, contract, context)
        for rule, column in (*_always(contract), *_asked_for(contract))
    ]


def _asked_for(contract: Contract) -> Iterator[tuple[Rule, str | None]]:
    for rule in contract.rules:
        yield rule, None
    for column in contract.columns:
        for rule in column.rules:
            yield rule, column.name


def _always(contract: Contract) -> Iterator[tuple[Rule, str | None]]:
    """Columns present, a row at least, keys filled in and not repeated: later stages rely on these."""
    asked = {(rule.name, column) for rule, column in _asked_for(contract) if rule.severity in HOLDING}
    plain = {
        rule.name for rule in contract.rules if rule.severity in HOLDING and "max_share" not in rule.arguments
    }
    yield Rule(name="columns_present", severity="reject"), None
    if "row_count_min" not in plain:
        yield Rule(name="row_count_min", severity="reject", arguments={"minimum": 1}), None
    if contract.key and "unique_key" not in plain:
        yield Rule(name="unique_key", severity="quarantine"), None
    for name in contract.key:
        if ("not_null", name) not in asked:
            yield Rule(name="not_null", severity="quarantine"), name


def _planned(rule: Rule, column: str | None, contract: Contract, context: ValidationContext) -> PlannedCheck:
    kind = _kind(rule, column, contract)
    arguments = _resolved(rule, column, contract, context)
    max_share = _max_share(rule, contract)
    is_about_file = kind.scope == "file" or max_share is not None
    if is_about_file and rule.severity == "quarantine":
        raise ContractError(
            f"Contract of {contract.source}: rule {rule.name} is about the whole file, which cannot be "
            "quarantined. Give it severity reject or warn."
        )
    reason = kind.asks(arguments) + (
        "" if max_share is None else f" in more than {max_share:.0%} of the rows"
    )
    columns = _columns(rule, column, arguments, contract)
    return PlannedCheck(
        rule.name, column, columns, rule.severity, reason, arguments, max_share, is_about_file
    )


def _kind(rule: Rule, column: str | None, contract: Contract) -> RuleKind:
    kind = RULES.get(rule.name)
    if kind is None:
        raise ContractError(
            f"Contract of {contract.source}: rule {rule.name!r} is unknown. "
            f"Known rules: {', '.join(sorted(RULES))}."
        )
    is_misplaced = (
        column is None if kind.scope == "column" else column is not None and rule.name != "unique_key"
    )
    if is_misplaced:
        place = "a column" if kind.scope == "column" else "the file"
        raise ContractError(
            f"Contract of {contract.source}: rule {rule.name} belongs to {place}. Move it there."
        )
    given = set(rule.arguments)
    if not kind.needed <= given <= kind.allowed:
        raise ContractError(
            f"Contract of {contract.source}: rule {rule.name} has arguments {sorted(given)}; it needs "
            f"{sorted(kind.needed)} and may have {sorted(kind.optional)}."
        )
    return kind


def _max_share(rule: Rule, contract: Contract) -> float | None:
    share = rule.arguments.get("max_share")
    if share is None:
        return None
    if isinstance(share, (int, float)) and 0 <= share < 1:
        return float(share)
    raise ContractError(
        f"Contract of {contract.source}: max_share of rule {rule.name} must be from 0 to below 1."
    )


def _resolved(
    rule: Rule, column: str | None, contract: Contract, context: ValidationContext
) -> dict[str, Any]:
    arguments: dict[str, Any] = {name: value for name, value in rule.arguments.items() if name != "max_share"}
    match rule.name:
        case "plausible_date":
            if not arguments:
                raise ContractError(
                    f"Contract of {contract.source}: rule plausible_date needs earliest, latest or both."
                )
            told = {f"told_{name}": tell_bound(bound) for name, bound in arguments.items()}
            arguments = {n: resolve_bound(v, context.snapshot_date).isoformat() for n, v in arguments.items()}
            arguments |= told
        case "date_format":
            arguments["example"] = date(1985, 3, 31).strftime(contract.extract.date_format)
        case "row_count_change":
            arguments["previous_row_count"] = context.previous_row_count
        case "columns_present":
            arguments["columns"] = contract.column_names
        case "unique_key":
            arguments.setdefault("columns", contract.key if column is None else [column])
    if rule.name in ("plausible_date", "date_format", "date_order"):
        arguments["date_format"] = contract.extract.date_format
    return arguments


def _columns(
    rule: Rule, column: str | None, arguments: dict[str, Any], contract: Contract
) -> tuple[str, ...]:
    """Columns the check reads; an unknown one is the contract's fault, not the file's."""
    match rule.name:
        case "unique_key":
            read = tuple(str(name) for name in arguments["columns"])
        case "date_order":
            read = (str(arguments["start"]), str(arguments["end"]))
        case _:
            read = () if column is None else (column,)
    unknown = sorted(set(read) - set(contract.column_names))
    if unknown or (rule.name == "unique_key" and not read):
        raise ContractError(
            f"Contract of {contract.source}: rule {rule.name} names columns that the contract does not have "
            f"({', '.join(unknown) or 'no key column'})."
        )
    return read
