"""The Great Expectations suite of one source, derived from its contract."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from expectations import custom
from expectations.plan import PlannedCheck
from expectations.quiet import ExpectationSuite, gxe
from linkage.contracts.model import Severity

GX_SEVERITY: Mapping[Severity, str] = MappingProxyType(
    {"reject": "critical", "quarantine": "warning", "warn": "info"}
)

Builder = Callable[..., Any]


def suite_of(plan: list[PlannedCheck], name: str, *, left_out: int) -> ExpectationSuite:
    """The suite that carries out a plan: one expectation for each planned check, in order.

    Args:
        plan: Checks to carry out; each expectation's `meta` holds its position here.
        name: Name of the suite.
        left_out: Rows of the file that are not checked; the file's row count includes them.
    """
    expectations = [
        _expectation(check, {"position": position, "rule": check.rule}, left_out)
        for position, check in enumerate(plan)
    ]
    return ExpectationSuite(name=name, expectations=expectations)


def _expectation(check: PlannedCheck, meta: dict[str, Any], left_out: int) -> Any:
    shared: dict[str, Any] = {"meta": meta, "severity": GX_SEVERITY[check.severity]}
    if check.max_share is not None:
        shared["mostly"] = 1 - check.max_share
    if check.rule in _ON_FILE:
        return _ON_FILE[check.rule](check.arguments, left_out, shared)
    if check.rule in _ON_ROWS:
        return _ON_ROWS[check.rule](check, shared)
    return _ON_COLUMN[check.rule](check.arguments, {"column": check.column, **shared})


def _key(check: PlannedCheck, shared: dict[str, Any]) -> Any:
    if len(check.columns) == 1:
        return custom.ExpectFirstOfKey(column=check.columns[0], **shared)
    return custom.ExpectFirstOfCompoundKey(
        column_list=list(check.columns), ignore_row_if="any_value_is_missing", **shared
    )


def _date_order(check: PlannedCheck, shared: dict[str, Any]) -> Any:
    return custom.ExpectDateOrder(
        column_list=list(check.columns),
        date_format=check.arguments["date_format"],
        ignore_row_if="any_value_is_missing",
        **shared,
    )


def _plausible_date(arguments: Mapping[str, Any], shared: dict[str, Any]) -> Any:
    return custom.ExpectPlausibleDate(
        date_format=arguments["date_format"],
        earliest=arguments.get("earliest"),
        latest=arguments.get("latest"),
        **shared,
    )


def _columns_present(arguments: Mapping[str, Any], _: int, shared: dict[str, Any]) -> Any:
    return gxe.ExpectTableColumnsToMatchSet(column_set=arguments["columns"], exact_match=True, **shared)


def _row_count_min(arguments: Mapping[str, Any], left_out: int, shared: dict[str, Any]) -> Any:
    smallest = max(0, int(arguments["minimum"]) - left_out)
    return gxe.ExpectTableRowCountToBeBetween(min_value=smallest, **shared)


def _row_count_change(arguments: Mapping[str, Any], left_out: int, shared: dict[str, Any]) -> Any:
    return custom.ExpectRowCountNearLastMonths(
        previous_row_count=arguments["previous_row_count"],
        max_fall=arguments.get("max_fall"),
        max_rise=arguments.get("max_rise"),
        left_out=left_out,
        **shared,
    )


_ON_FILE: Mapping[str, Builder] = MappingProxyType(
    {
        "columns_present": _columns_present,
        "row_count_min": _row_count_min,
        "row_count_change": _row_count_change,
    }
)
_ON_ROWS: Mapping[str, Builder] = MappingProxyType({"unique_key": _key, "date_order": _date_order})
_ON_COLUMN: Mapping[str, Builder] = MappingProxyType(
    {
        "not_null": lambda a, s: gxe.ExpectColumnValuesToNotBeNull(**s),
        "nhs_number": lambda a, s: custom.ExpectNhsNumber(**s),
        "nino": lambda a, s: custom.ExpectNino(**s),
        "upn": lambda a, s: custom.ExpectUpn(**s),
        "uprn_format": lambda a, s: custom.ExpectUprnFormat(**s),
        "uprn_in_gazetteer": lambda a, s: custom.ExpectUprnInGazetteer(**s),
        "postcode": lambda a, s: custom.ExpectPostcode(**s),
        "plausible_date": _plausible_date,
        "date_format": lambda a, s: custom.ExpectDateFormat(date_format=a["date_format"], **s),
        "in_set": lambda a, s: gxe.ExpectColumnValuesToBeInSet(value_set=a["values"], **s),
        "matches": lambda a, s: gxe.ExpectColumnValuesToMatchRegex(regex=rf"\A(?:{a['pattern']})\Z", **s),
        "max_length": lambda a, s: gxe.ExpectColumnValueLengthsToBeBetween(max_value=int(a["maximum"]), **s),
    }
)
