"""Tables for Splink: the values and frequencies that it must read to weigh as the model does."""

import numpy as np
import pyarrow as pa

from linkage.engine.encode import MISSING as NO_CODE
from linkage.engine.encode import Encoded, IntArray
from linkage.engine.interchange.conditions import APART, column_of, count_column_of, has_apart
from linkage.engine.interchange.exporting import two_class
from linkage.engine.kernels.identity import count_codes
from linkage.engine.keys import VALUE, Key
from linkage.engine.linking import Weigher
from linkage.engine.model import Model
from linkage.engine.prepared import Prepared
from linkage.engine.program import SOURCE, level_starts
from linkage.engine.spec import Spec
from linkage.engine.texts import as_text
from linkage.errors import ModelError

_ASCII = 128
Columns = dict[str, pa.Array]


def splink_table(table: pa.Table, prepared: Prepared) -> pa.Table:
    """The table that Splink must read: normal forms, and every derived value that the settings name.

    Letters beyond ASCII are replaced by control characters, one for one: DuckDB counts bytes where letters are meant.

    Args:
        table: The records that were prepared.
        prepared: The same, prepared.

    Returns:
        One row a record, in canonical order: record id, a column for each key, `count_of_...` for keys whose counts are
        compared, `apart` where the specification keeps records apart.

    Raises:
        ModelError: Two columns would have one name, the records were prepared without texts, or there are more letters
            beyond ASCII than control characters.
    """
    spec, encoded = prepared.spec, prepared.encoded
    letters = _one_byte_each(encoded)
    columns: Columns = {spec.record_id: as_text(table.column(spec.record_id)).take(pa.array(encoded.order))}
    for key in spec.keys:
        _put(columns, column_of(key), _texts(encoded, key, letters))
    for key in _counted(spec):
        codes = encoded.codes[:, encoded.column(key)]
        _put(columns, count_column_of(key), _taken(pa.array(count_codes(codes)), codes))
    if prepared.sources:
        codes = encoded.codes[:, encoded.column(Key(VALUE, (SOURCE,)))]
        _put(columns, SOURCE, _taken(pa.array(prepared.sources), codes))
    if has_apart(spec):
        _put(columns, APART, _taken(_numbers(prepared.apart), prepared.apart))
    return pa.table(columns)


def _put(columns: Columns, name: str, values: pa.Array) -> None:
    if name in columns:
        raise ModelError(f"Two columns for Splink would be named {name}: rename one in the specification.")
    columns[name] = values


def _taken(values: pa.Array, codes: IntArray) -> pa.Array:
    """The value of each code, null for none."""
    return values.take(pa.array(codes, mask=codes == NO_CODE))


def _texts(encoded: Encoded, key: Key, letters: dict[int, int]) -> pa.Array:
    return _taken(_vocabulary(encoded, key, letters), encoded.codes[:, encoded.column(key)])


def _vocabulary(encoded: Encoded, key: Key, letters: dict[int, int]) -> pa.Array:
    """Text of each code; of a key that has no text of its own, the code itself."""
    if key.function == "sorted":
        return _numbers(encoded.codes[:, encoded.column(key)])
    if key not in encoded.texts:
        raise ModelError("The records were prepared without their texts. Expected them to be kept.")
    return pa.array([text.translate(letters) for text in encoded.texts[key].to_pylist()], pa.string())


def _numbers(codes: IntArray) -> pa.Array:
    return pa.array(range(int(codes.max(initial=NO_CODE)) + 1), pa.int64())


def _counted(spec: Spec) -> tuple[Key, ...]:
    tests = [test for attribute in spec.attributes for level in attribute.levels for test in level.tests]
    return tuple(dict.fromkeys(test.keys[0] for test in tests if test.name == "commoner"))


def _one_byte_each(encoded: Encoded) -> dict[int, int]:
    """A byte of its own for each letter that would take several."""
    used: set[str] = set().union(*(set("".join(texts.to_pylist())) for texts in encoded.texts.values()))
    beyond = sorted(letter for letter in used if ord(letter) >= _ASCII)
    free = [code for code in range(1, _ASCII) if chr(code) not in used and not chr(code).isalnum()]
    if len(beyond) > len(free):
        raise ModelError(
            f"The records have {len(beyond)} letters beyond ASCII. Splink on DuckDB can tell {len(free)} of them apart."
        )
    return dict(zip(map(ord, beyond), free, strict=False))


def term_tables(prepared: Prepared, model: Model) -> dict[str, pa.Table]:
    """Frequencies that make Splink's adjustment for rare values the model's own.

    Register each by `linker.table_management.register_term_frequency_lookup` before weighing. Splink takes from the
    weight the log2 of frequency over u; the frequency given is the one for which that is what the model adds.

    Args:
        prepared: Records to weigh.
        model: The model that was exported.

    Returns:
        For each column a table of its values and their frequency, columns `<column>` and `tf_<column>`.
    """
    model = two_class(model, prepared.record_count)
    terms = Weigher.of(prepared, model).terms
    last = level_starts(model.attributes)[1:] - 1
    ends = np.append(terms.start[1:], len(terms.rarity))
    letters = _one_byte_each(prepared.encoded)
    made = {}
    for number, column in enumerate(terms.columns):
        key = prepared.encoded.keys[column]
        rarity = terms.rarity[terms.start[number] : ends[number]]
        by_class = terms.fixed[number] + terms.by_chance[number] * rarity[:, None]
        stranger = model.table[last[terms.attributes[number]], 1] if terms.also[number] < 0 else 1.0
        values = _vocabulary(prepared.encoded, key, letters)[: len(rarity)]
        made[column_of(key)] = pa.table(
            {column_of(key): values, f"tf_{column_of(key)}": stranger * by_class[:, 1] / by_class[:, 0]}
        )
    return made
