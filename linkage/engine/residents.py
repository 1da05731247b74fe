"""Records of a run as the engine reads them: the table `RECORD` and how its columns are compared."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
import pyarrow as pa
import yaml

from linkage.engine.encode import LongArray
from linkage.engine.frequencies import Frequencies
from linkage.engine.model import Model
from linkage.engine.prepared import Prepared, prepare
from linkage.engine.record_order import RecordOrder
from linkage.engine.spec import Spec, parse_spec
from linkage.engine.stages import Progress, ignore
from linkage.schema import RECORD, conform

PARTIAL = {"day": "%Y%m%d", "month": "%Y%m00", "year": "%Y0000"}
"""How a birth date is written that is known so far."""
SHARED_GRADES = ("building", "street")
"""Grades of a UPRN that stands for a whole building or street: it proves no more than the building."""
READ_WITH = {
    "birth_date": ("birth_date_precision", "is_birth_date_weak"),
    "uprn": ("uprn_match_grade",),
}
"""Columns by which another is believed or not."""


@cache
def record_spec() -> Spec:
    """How the records of a run are compared."""
    text = files("linkage.engine").joinpath("record_spec.yaml").read_text(encoding="utf-8")
    return parse_spec(yaml.safe_load(text), "linkage/engine/record_spec.yaml")


def read_columns() -> tuple[str, ...]:
    """Columns of `RECORD` that linkage reads: a record in which none of them changed is linked as it was."""
    spec = record_spec()
    inputs = [name for source in spec.column_sources.values() for name in source.inputs]
    also = [name for column in inputs for name in READ_WITH.get(column, ())]
    return tuple(dict.fromkeys(("record_id", "source", *spec.apart, *inputs, *also)))


def engine_table(records: pd.DataFrame) -> pa.Table:
    """The records as the engine reads them.

    Args:
        records: Frame conforming to `RECORD`, any order.

    Returns:
        One row a record with the input columns of `record_spec`, all text: a birth date only as far as it is known and
        believed; a UPRN only where it names the property.
    """
    spec = record_spec()
    taken = [name for source in spec.column_sources.values() for name in source.inputs]
    columns: dict[str, pd.Series[Any]] = {
        name: records[name].astype("string[pyarrow]")
        for name in dict.fromkeys(("record_id", "source", *spec.apart, *taken))
    }
    columns["birth_date"] = _birth_dates(records)
    columns["uprn"] = columns["uprn"].where(~records["uprn_match_grade"].isin(SHARED_GRADES))
    return pa.Table.from_pandas(pd.DataFrame(columns), preserve_index=False)


def _birth_dates(records: pd.DataFrame) -> pd.Series:
    """Birth dates as eight digits, 00 for what is not known; of a likely stand-in only the year is believed."""
    precision = records["birth_date_precision"].astype(object)
    precision = precision.where(~records["is_birth_date_weak"].astype(bool) | precision.isna(), "year")
    place, distinct = pd.factorize(pd.to_datetime(records["birth_date"]))
    rows = pa.array(place, mask=place < 0)
    written = pd.Series(pd.NA, index=records.index, dtype="string[pyarrow]")
    for name, form in PARTIAL.items():
        chosen = (precision == name) & (place >= 0)
        texts = pa.array(pd.DatetimeIndex(distinct).strftime(form), pa.string())
        of_row = pd.Series(texts.take(rows), index=records.index, dtype="string[pyarrow]")
        written = written.mask(chosen, of_row)
    return written


def prepare_records(
    records: pd.DataFrame,
    model: Model | None = None,
    *,
    frequencies: Frequencies | None = None,
    threads: int | None = None,
    progress: Progress = ignore,
) -> Prepared:
    """Records of a run ready for the engine.

    Args:
        records: Frame conforming to `RECORD`, any order.
        model: Stored model, whose own specification and sources then count; but not what it has for two people by
            construction: that is a matter of the records.
        frequencies: Frozen frequencies to compare and weigh by; those of the records when not given.
        threads: Threads to work on; all cores by default.
        progress: Told the share done.
    """
    spec, sources = (record_spec(), None) if model is None else (spec_of_run(model), model.sources)
    prepared = prepare(engine_table(records), spec, sources=sources, threads=threads, progress=progress)
    return prepared if frequencies is None else prepared.frozen(frequencies)


def spec_of_run(model: Model) -> Spec:
    """The specification of a stored model, as the records of a run are told apart now."""
    return model.spec.model_copy(update={"apart": record_spec().apart})


@dataclass(frozen=True, slots=True)
class FrozenModel:
    """A model with the frequencies that it weighs by, whatever records come and go.

    Attributes:
        model: The model.
        frequencies: Frequencies of its specification.
    """

    model: Model
    frequencies: Frequencies


@dataclass(frozen=True, slots=True)
class RunRecords:
    """All records of a run, of which some are prepared.

    Attributes:
        frame: Frame with the columns of `RECORD`, any order.
        order: Their ids in canonical order.
        rows: Shape (n,), int64: row in the frame of each place in the order.
    """

    frame: pd.DataFrame
    order: RecordOrder
    rows: LongArray

    @classmethod
    def of(cls, frame: pd.DataFrame) -> "RunRecords":
        """Put records in order.

        Raises:
            SchemaError: A record id is empty or repeats.
        """
        return cls(frame, *RecordOrder.of(pa.array(frame["record_id"], pa.string())))

    def prepared(self, places: LongArray, frozen: FrozenModel) -> Prepared:
        """Some of the records, ready to be weighed as they are among all.

        Args:
            places: Their places in the order, ascending.
            frozen: Model and frequencies.

        Raises:
            SchemaError: The rows of these records do not conform to `RECORD`.
        """
        chosen = conform(self.frame.iloc[self.rows[places]], RECORD)
        return prepare_records(chosen, frozen.model, frequencies=frozen.frequencies)
