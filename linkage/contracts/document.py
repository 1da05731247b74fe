"""A data contract's YAML as a document of the standard, checked against the standard's own JSON Schema."""

import json
from collections.abc import Hashable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft201909Validator  # type: ignore[import-untyped]  # ships no types
from open_data_contract_standard.model import OpenDataContractStandard as Standard
from pydantic import ValidationError

from linkage.errors import ContractError

LARGEST_CONTRACT = 1_000_000
"""Bytes: the longest packaged contract has about 15,000."""


class _UniqueKeyLoader(yaml.SafeLoader):
    """Refuses a mapping with the same key twice, where YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        twice = sorted({key for key in keys if isinstance(key, str) and keys.count(key) > 1})
        if twice:
            raise yaml.MarkedYAMLError(
                problem=f"{', '.join(twice)} stands twice", problem_mark=node.start_mark
            )
        return super().construct_mapping(node, deep)


def read_content(path: Path) -> bytes:
    """Bytes of a contract file.

    Raises:
        ContractError: The file cannot be opened, or is too large to be a contract.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ContractError(f"Contract {path.name} cannot be opened: {error.strerror}.") from None
    if len(content) > LARGEST_CONTRACT:
        raise ContractError(f"Contract {path.name} has over {LARGEST_CONTRACT:,} bytes: not a contract.")
    return content


def as_document(content: bytes, path: Path) -> Standard:
    """A contract file's bytes as a document of the standard.

    Args:
        content: YAML in UTF-8.
        path: File the bytes are of, for messages.

    Returns:
        The document; nothing the file says is left out.

    Raises:
        ContractError: The bytes are not YAML, or not a data contract of the standard. The message names the
            file and the place.
    """
    stated = _yaml(content, path)
    found = sorted(_standard_schema().iter_errors(stated), key=lambda error: list(map(str, error.path)))
    if found:
        places = [f"{'.'.join(map(str, error.path)) or 'top'}: {_plain(error)}" for error in found[:5]]
        raise _not_standard(path, "; ".join(places))
    try:
        return Standard.model_validate(stated)
    except ValidationError as error:
        places = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5]]
        raise _not_standard(path, "; ".join(places)) from None


def _yaml(content: bytes, path: Path) -> Any:
    try:
        return yaml.load(content, _UniqueKeyLoader)  # noqa: S506  # a SafeLoader with one more check
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f" at line {mark.line + 1}" if mark else ""
        raise ContractError(f"Contract {path.name} is not YAML{line}: {error.problem}.") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise ContractError(f"Contract {path.name} is not YAML in UTF-8.") from None


@cache
def _standard_schema() -> Any:
    """Validator of the schema that the standard's package ships."""
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8"))
    return Draft201909Validator(schema)


def _plain(error: Any) -> str:
    text = str(error.message)
    return text if len(text) <= 160 else f"does not fit the standard's rule '{error.validator}'"


def _not_standard(path: Path, places: str) -> ContractError:
    return ContractError(
        f"Contract {path.name} is not a data contract of the Open Data Contract Standard v3: {places}. "
        "See docs/how-to/add-a-source.md."
    )
