"""Reference lists: words and dates that mean something, each a CSV file whose first line says where it comes from."""

import csv
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from linkage.errors import SettingsError


@cache
def read_reference(name: str) -> tuple[MappingProxyType[str, str], ...]:
    """The rows of one reference list, in file order.

    Args:
        name: File name in this folder without its ending, such as `nicknames`.

    Returns:
        One read-only mapping a row, column name to text; an empty cell is empty text. Read once, then kept.

    Raises:
        SettingsError: There is no such list, or it does not start with a line `# Source: ...`.
    """
    resource = files(__name__).joinpath(f"{name}.csv")
    if not resource.is_file():
        raise SettingsError(f"There is no reference list {name}: expected linkage/reference/{name}.csv.")
    lines = resource.read_text(encoding="utf-8").splitlines()
    if not lines or not lines[0].startswith("# Source:"):
        raise SettingsError(f"Reference list {name} must start with a line '# Source: where it comes from'.")
    rows = csv.DictReader(line for line in lines if line and not line.startswith("#"))
    return tuple(MappingProxyType(row) for row in rows)


@cache
def reference_map(name: str, key: str, value: str) -> MappingProxyType[str, str]:
    """One column of a reference list by another, such as root by nickname; the first row of a key wins.

    Raises:
        SettingsError: As `read_reference` does.
    """
    pairs: dict[str, str] = {}
    for row in read_reference(name):
        pairs.setdefault(row[key], row[value])
    return MappingProxyType(pairs)


@cache
def reference_words(
    name: str, key: str, column: str | None = None, wanted: str | None = None
) -> frozenset[str]:
    """The set of one column of a reference list, of all rows or of those whose other column has the wanted text.

    Raises:
        SettingsError: As `read_reference` does.
    """
    return frozenset(row[key] for row in read_reference(name) if column is None or row[column] == wanted)
