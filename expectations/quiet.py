"""The only door to Great Expectations: brought in without noise.

The import takes seconds and logs hundreds of lines, so `expectations` itself does not make it: the first
validation does. The library is untyped, hence every name here is `Any` to the type checker.
"""

import logging
import warnings

_LOGGER = logging.getLogger("great_expectations")
_LOGGER.setLevel(logging.WARNING)

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import great_expectations as gx
    from great_expectations import expectations as gxe
    from great_expectations.core import ExpectationSuite
    from great_expectations.execution_engine import PandasExecutionEngine, pandas_execution_engine
    from great_expectations.expectations.expectation import (
        BatchExpectation,
        ColumnMapExpectation,
        MulticolumnMapExpectation,
    )
    from great_expectations.expectations.metrics import ColumnMapMetricProvider
    from great_expectations.expectations.metrics.map_metric_provider import (
        MulticolumnMapMetricProvider,
        column_condition_partial,
        multicolumn_condition_partial,
    )

_LOGGER.setLevel(logging.CRITICAL + 1)
logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.NOTSET)
# Silent for good, also the one module that sets its own level: what the library logs about a broken
# expectation can quote cells, and the engine reads the same facts from the results.

pandas_execution_engine.HASH_THRESHOLD = 0
"""Bytes below which the library fingerprints a whole frame, twice: a third of the time of a validation, for a
mark that nothing here reads."""

__all__ = [
    "BatchExpectation",
    "ColumnMapExpectation",
    "ColumnMapMetricProvider",
    "ExpectationSuite",
    "MulticolumnMapExpectation",
    "MulticolumnMapMetricProvider",
    "PandasExecutionEngine",
    "column_condition_partial",
    "gx",
    "gxe",
    "multicolumn_condition_partial",
]
