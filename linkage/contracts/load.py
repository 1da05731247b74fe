"""Contracts from YAML files of the Open Data Contract Standard v3.

The standard's own parts (schema, quality, team, service levels) are read as the standard means them. What it
has no word for stands in `customProperties` under the name of the field of `linkage.contracts.model`:
`extract`, `sensitivity`, `lawful_basis`, `sharing_protocol`, `people` and so on.

Source: Open Data Contract Standard v3, https://bitol-io.github.io/open-data-contract-standard/
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

from open_data_contract_standard.model import OpenDataContractStandard as Standard
from pydantic import ValidationError

from linkage.contracts.consistency import contradictions
from linkage.contracts.document import as_document, read_content
from linkage.contracts.model import Contract
from linkage.errors import ContractError

ENGINE = "residents-index"
"""Engine named by the quality entries that this product runs; entries of other engines are left to those."""


def load_contracts(folder: Path) -> dict[str, Contract]:
    """Every contract of a folder.

    Args:
        folder: Folder of `<source>.yaml` files; other files are left alone.

    Returns:
        Contracts by source name, in name order: the people sources and the gazetteer.

    Raises:
        ContractError: The folder holds no contract, or any contract is at fault: the message lists the faults
            of all.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise ContractError(
            f"No contract found: expected <source>.yaml files in {folder}. Set RESIDENT_INDEX_CONTRACTS_DIR "
            "to the folder of contracts."
        )
    contracts: dict[str, Contract] = {}
    faults: list[str] = []
    for path in paths:
        try:
            contracts[path.stem] = load_contract(path)
        except ContractError as error:
            faults.append(str(error))
    if faults:
        raise ContractError("\n".join(faults))
    return contracts


def load_contract(path: Path) -> Contract:
    """One contract.

    Args:
        path: File named `<source>.yaml`.

    Returns:
        The contract, checked against itself: every column it names exists, and it has a key.

    Raises:
        ContractError: The file cannot be read, is not a data contract, or contradicts itself. The message
            names the file and every place at fault.
    """
    return _contract(path, read_content(path))


@lru_cache(maxsize=256)
def _contract(path: Path, content: bytes) -> Contract:
    """The contract of these bytes, read once a process: every task of a run asks for all contracts."""
    document = as_document(content, path)
    try:
        contract = Contract.model_validate(_fields(document, path))
    except ValidationError as error:
        raise ContractError(_sentence(path, [_fault(e["loc"], e["msg"]) for e in error.errors()])) from None
    faults = contradictions(contract, file_stem=path.stem)
    if faults:
        raise ContractError(_sentence(path, faults))
    return contract


def _fields(document: Standard, path: Path) -> dict[str, Any]:
    """Fields of `Contract` from a document of the standard."""
    if len(document.schema_ or []) != 1:
        raise ContractError(_sentence(path, ["schema: expected exactly one table, the extract"]))
    table = (document.schema_ or [])[0]
    custom = {p.property: p.value for p in document.customProperties or [] if p.property}
    extract = custom.pop("extract", {})
    if isinstance(extract, dict):
        extract = {"file_name": table.physicalName, **extract}
    stated = {
        "source": table.name,
        "version": document.version,
        "title": document.name,
        "purpose": document.description.purpose if document.description else None,
        "owner": getattr(document.team, "name", None),
        "cadence": _service_level(document, "frequency", "every "),
        "retention": _service_level(document, "retention", ""),
        "columns": [_column(column) for column in table.properties or []],
        "rules": _rules(table.quality),
    }
    twice = sorted(stated.keys() & custom.keys())
    if twice:
        raise ContractError(
            _sentence(path, [f"customProperties: {', '.join(twice)} has its own place above"])
        )
    return {**custom, **stated, "extract": extract}


def _service_level(document: Standard, name: str, prefix: str) -> str | None:
    """A period of the service levels in words, such as `every 3 months`."""
    for level in document.slaProperties or []:
        if level.property == name and level.value is not None and level.unit:
            count = level.value
            many = count != 1
            shown = f"{count} {level.unit}s" if many else (level.unit if prefix else f"1 {level.unit}")
            return f"{prefix}{shown}"
    return None


def _column(column: Any) -> dict[str, Any]:
    """Fields of `SourceColumn` from a property of the standard."""
    position = column.primaryKeyPosition if column.primaryKey else None
    stated = {
        "name": column.name,
        "logical_type": column.logicalType,
        "required": column.required,
        "key_position": position,
        "classification": column.classification,
        "description": column.description,
        "rules": _rules(column.quality),
    }
    return {name: value for name, value in stated.items() if value is not None}


def _rules(quality: list[Any] | None) -> list[dict[str, Any]]:
    """Fields of `Rule` from the quality entries of our engine."""
    ours = [entry for entry in quality or [] if entry.type == "custom" and entry.engine == ENGINE]
    return [_rule(entry) for entry in ours]


def _rule(entry: Any) -> dict[str, Any]:
    implementation = (
        entry.implementation if isinstance(entry.implementation, dict) else {"rule": entry.implementation}
    )
    known = {"name": implementation.get("rule"), "severity": entry.severity}
    unknown = {key: value for key, value in implementation.items() if key not in {"rule", "arguments"}}
    return {**known, **unknown, "arguments": implementation.get("arguments", {})}


def _fault(place: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(part) for part in place)
    plain = message.removeprefix("Value error, ").replace(
        "Extra inputs are not permitted", "not a known setting"
    )
    return f"{where}: {plain[:1].lower()}{plain[1:]}" if where else plain


def _sentence(path: Path, faults: list[str]) -> str:
    return f"Contract {path.name} cannot be used: {'; '.join(faults)}. See docs/how-to/add-a-source.md."
