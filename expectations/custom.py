"""Expectations written by hand, where Great Expectations has none of its own.

Each is a pair: a metric, which says row by row what passes, and the expectation that uses it. Metrics look at
the distinct values of a column only and give the answer back to its rows. Severity and column are set on each
instance, never on a class: the library drops values that equal a class's defaults from its results.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from expectations.dates import is_date, is_plausible_date, parse_dates
from expectations.distinct import on_distinct
from expectations.formats import Flags, is_nhs_number, is_nino, is_postcode, is_upn, is_uprn, uprn_text
from expectations.quiet import (
    BatchExpectation,
    ColumnMapExpectation,
    ColumnMapMetricProvider,
    MulticolumnMapExpectation,
    MulticolumnMapMetricProvider,
    PandasExecutionEngine,
    column_condition_partial,
    multicolumn_condition_partial,
)
from linkage.contracts.keys import record_keys

_LENT_UPRNS: ContextVar[pd.Index] = ContextVar("lent_uprns")
_READY: dict[str, pd.Index] = {}


@contextmanager
def known_uprns(uprns: pd.Index) -> Iterator[None]:
    """Lend the gazetteer's UPRNs to the checks made inside.

    As an argument of the expectation they would be copied into every result. They are made ready by the first check
    that asks, and stay so while the same are lent: every source is held against one gazetteer.
    """
    token = _LENT_UPRNS.set(uprns)
    try:
        yield
    finally:
        _LENT_UPRNS.reset(token)


def _known() -> pd.Index:
    """The lent UPRNs, as texts are compared."""
    lent = _LENT_UPRNS.get()
    if _READY.get("lent") is not lent:
        known = uprn_text(pd.Series(lent, dtype="string[pyarrow]"))
        _READY.update(lent=lent, known=pd.Index(known.astype(object).unique()))
    return _READY["known"]


def is_known_uprn(texts: pd.Series) -> Flags:
    """Which of some distinct texts are UPRNs that the lent gazetteer knows."""
    return _known().get_indexer(pd.Index(uprn_text(texts).astype(object))) >= 0


class _DistinctMetric(ColumnMapMetricProvider):  # type: ignore[misc]  # the library is untyped
    # The library would copy the whole frame without the rows that miss this column; `on_distinct` passes them.
    filter_column_isnull = False
    passes: ClassVar[Callable[..., Flags]]

    @column_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(cls, column: pd.Series, **arguments: Any) -> pd.Series:  # noqa: N805  (called with the class)
        values = {name: arguments.get(name) for name in cls.condition_value_keys}
        return on_distinct(column, cls.passes, **values)


class NhsNumberMetric(_DistinctMetric):
    """NHS number with the right check digit."""

    condition_metric_name = "column_values.nhs_number"
    passes = staticmethod(is_nhs_number)


class UpnMetric(_DistinctMetric):
    """Unique pupil number with the right check letter."""

    condition_metric_name = "column_values.upn"
    passes = staticmethod(is_upn)


class NinoMetric(_DistinctMetric):
    """Format of a National Insurance number."""

    condition_metric_name = "column_values.nino"
    passes = staticmethod(is_nino)


class PostcodeMetric(_DistinctMetric):
    """Format of a postcode."""

    condition_metric_name = "column_values.postcode"
    passes = staticmethod(is_postcode)


class UprnFormatMetric(_DistinctMetric):
    """Format of a UPRN."""

    condition_metric_name = "column_values.uprn_format"
    passes = staticmethod(is_uprn)


class UprnInGazetteerMetric(_DistinctMetric):
    """UPRN known to the gazetteer."""

    condition_metric_name = "column_values.uprn_in_gazetteer"
    passes = staticmethod(is_known_uprn)


class DateFormatMetric(_DistinctMetric):
    """Date of the extract's format."""

    condition_metric_name = "column_values.date_format"
    condition_value_keys = ("date_format",)
    passes = staticmethod(is_date)


class PlausibleDateMetric(_DistinctMetric):
    """Date within bounds."""

    condition_metric_name = "column_values.plausible_date"
    condition_value_keys = ("date_format", "earliest", "latest")
    passes = staticmethod(is_plausible_date)


class FirstOfKeyMetric(ColumnMapMetricProvider):  # type: ignore[misc]  # the library is untyped
    """First row of each key of one column."""

    condition_metric_name = "column_values.first_of_key"
    filter_column_isnull = False

    @column_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(cls, column: pd.Series, **_: Any) -> pd.Series:  # noqa: N805
        return column.isna() | ~record_keys(column.to_frame("key"), ["key"]).duplicated(keep="first")


class _RowMetric(MulticolumnMapMetricProvider):  # type: ignore[misc]  # the library is untyped
    condition_domain_keys = (
        "batch_id",
        "table",
        "column_list",
        "row_condition",
        "condition_parser",
        "ignore_row_if",
    )


class FirstOfCompoundKeyMetric(_RowMetric):
    """First row of each key of several columns, joined as ingest joins them."""

    condition_metric_name = "multicolumn_values.first_of_key"

    @multicolumn_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(cls, column_list: pd.DataFrame, **_: Any) -> pd.Series:  # noqa: N805
        return ~record_keys(column_list, list(column_list.columns)).duplicated(keep="first")


class DateOrderMetric(_RowMetric):
    """Rows whose second date is not before the first; texts that are no dates say nothing."""

    condition_metric_name = "multicolumn_values.date_order"
    condition_value_keys = ("date_format",)

    @multicolumn_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(cls, column_list: pd.DataFrame, date_format: str, **_: Any) -> pd.Series:  # noqa: N805
        start, end = (_dates(column_list[name], date_format) for name in column_list.columns)
        return pd.Series(np.isnat(start) | np.isnat(end) | (start <= end), index=column_list.index)


def _dates(column: pd.Series, date_format: str) -> Any:
    codes, texts = pd.factorize(column)
    return parse_dates(pd.Series(texts, dtype="string[pyarrow]"), date_format)[codes]


class _ColumnRule(ColumnMapExpectation):  # type: ignore[misc]  # the library is untyped
    """A rule about the cells of one column; missing cells pass."""


class ExpectNhsNumber(_ColumnRule):
    """Cells are NHS numbers."""

    map_metric = "column_values.nhs_number"


class ExpectUpn(_ColumnRule):
    """Cells are unique pupil numbers."""

    map_metric = "column_values.upn"


class ExpectNino(_ColumnRule):
    """Cells have the format of National Insurance numbers."""

    map_metric = "column_values.nino"


class ExpectPostcode(_ColumnRule):
    """Cells have the format of postcodes."""

    map_metric = "column_values.postcode"


class ExpectUprnFormat(_ColumnRule):
    """Cells have the format of UPRNs."""

    map_metric = "column_values.uprn_format"


class ExpectUprnInGazetteer(_ColumnRule):
    """Cells are UPRNs of the gazetteer."""

    map_metric = "column_values.uprn_in_gazetteer"


class ExpectDateFormat(_ColumnRule):
    """Cells are dates of the extract's format."""

    date_format: str
    map_metric = "column_values.date_format"
    success_keys = ("date_format", "mostly")


class ExpectPlausibleDate(_ColumnRule):
    """Cells are no dates outside the bounds."""

    date_format: str
    earliest: str | None
    latest: str | None
    map_metric = "column_values.plausible_date"
    success_keys = ("date_format", "earliest", "latest", "mostly")


class ExpectFirstOfKey(_ColumnRule):
    """Cells do not repeat an earlier row's."""

    map_metric = "column_values.first_of_key"


class _RowRule(MulticolumnMapExpectation):  # type: ignore[misc]  # the library is untyped
    """A rule about several columns of a row; rows that miss any of them pass."""


class ExpectFirstOfCompoundKey(_RowRule):
    """Keys do not repeat an earlier row's."""

    map_metric = "multicolumn_values.first_of_key"


class ExpectDateOrder(_RowRule):
    """The second date is not before the first."""

    date_format: str
    map_metric = "multicolumn_values.date_order"
    success_keys = ("date_format", "mostly")


class ExpectRowCountNearLastMonths(BatchExpectation):  # type: ignore[misc]  # the library is untyped
    """The file has about as many rows as last month's; nothing is said where there was none."""

    previous_row_count: int | None
    max_fall: float | None
    max_rise: float | None
    left_out: int
    metric_dependencies = ("table.row_count",)
    success_keys = ("previous_row_count", "max_fall", "max_rise", "left_out")

    def _validate(self, metrics: dict[str, Any], **_: Any) -> dict[str, Any]:
        count = int(metrics["table.row_count"]) + self.left_out
        return {"success": self._is_near(count), "result": {"observed_value": count}}

    def _is_near(self, count: int) -> bool:
        if self.previous_row_count is None:
            return True
        fall, rise = self.previous_row_count - count, count - self.previous_row_count
        is_fallen = self.max_fall is not None and fall > self.max_fall * self.previous_row_count
        is_risen = self.max_rise is not None and rise > self.max_rise * self.previous_row_count
        return not (is_fallen or is_risen)
