"""The model: what is needed to weigh pairs without training, as a value that is stored as JSON."""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from linkage.engine.classes import HOUSEHOLD, MATCH, FloatArray, PairClass, classes_for
from linkage.engine.program import Attribute
from linkage.engine.scoring import Mixture
from linkage.engine.spec import Spec, parse_spec
from linkage.errors import ModelError, StoreError

FORMAT = 1
"""Version of the form of a stored model."""
DECIDING = ("spec", "sources", "attributes", "classes", "full_name_lift", "comparable_share")
"""What of a model decides a weight, or an export."""


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model.

    Attributes:
        spec: Complete specification that it was trained for.
        sources: Names of the sources whose levels it knows.
        attributes: Attributes with their levels.
        classes: Classes: matches, households, strangers last.
        table: Shape (all levels, classes): probability of each level in each class, attributes one after the other.
        seen: Shape (all levels, classes): expected pairs behind each probability; 0 for one only believed.
        per_record: Shape (classes,): expected pairs of each match and household class for one record; strangers are
        the rest.
        trained_on: Records that it was trained on.
        facts: What else is told of the training: rounds, counts, calibration, checks; plain values only.
        full_name_lift: How much oftener two strangers share forename and surname than each by itself would have it.
        comparable_share: Share of all pairs that may be one person; the others are two people by construction.
    """

    spec: Spec
    sources: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    classes: tuple[PairClass, ...]
    table: FloatArray
    seen: FloatArray
    per_record: FloatArray
    trained_on: int
    facts: dict[str, Any]
    full_name_lift: float = 1.0
    comparable_share: float = 1.0

    def mixture(self, record_count: int, pair_count: float | None = None) -> Mixture:
        """The model for so many records: matches grow with the records, strangers with their square.

        Args:
            record_count: Records.
            pair_count: Pairs of them that may be one person; as large a share as in training when not given.
        """
        expected = self.per_record * record_count
        every = record_count * (record_count - 1) / 2
        pairs = every * self.comparable_share if pair_count is None else pair_count
        expected[-1] = max(pairs - expected[:-1].sum(), 1.0)
        return Mixture(self.attributes, self.classes, self.table, expected)

    @property
    def version(self) -> str:
        """Hash of all that decides a weight: two models of one version weigh alike."""
        content = self.to_json()
        deciding = {key: content[key] for key in DECIDING}
        return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()[:16]

    def with_facts(self, **facts: Any) -> "Model":
        """The same model with more told of it."""
        return replace(self, facts={**self.facts, **facts})

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        start = 0
        attributes = []
        for attribute in self.attributes:
            levels = [
                {
                    "name": name,
                    "probabilities": self.table[start + number].tolist(),
                    "pairs_seen": np.round(self.seen[start + number], 2).tolist(),
                }
                for number, name in enumerate(attribute.levels)
            ]
            attributes.append({"name": attribute.name, "role": attribute.role, "levels": levels})
            start += len(attribute.levels)
        return {
            "format": FORMAT,
            "spec": self.spec.model_dump(mode="json"),
            "sources": list(self.sources),
            "classes": [
                {"name": c.name, "kind": c.kind, "pairs_per_record": float(rate)}
                for c, rate in zip(self.classes, self.per_record, strict=True)
            ],
            "attributes": attributes,
            "full_name_lift": self.full_name_lift,
            "comparable_share": self.comparable_share,
            "trained_on": self.trained_on,
            "facts": self.facts,
        }


def write_model(model: Model, path: Path) -> None:
    """Store a model as JSON with its version: whole, or not at all.

    Raises:
        StoreError: The file cannot be written.
    """
    check_model_place(path)
    path = path.resolve()
    text = json.dumps({"version": model.version, **model.to_json()}, indent=1)
    beside = path.with_name(f".model.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise StoreError(f"The model cannot be written to {path}: {type(error).__name__}.") from None


def check_model_place(path: Path) -> None:
    """Refuse a place that a model cannot be written to, before hours are spent on training it.

    Raises:
        StoreError: It is a folder, a device or the like, its folder is not there, or its name is too long.
    """
    try:
        is_free, is_file = not path.exists(), path.is_file()
        folder = path.resolve().parent
        has_folder, may_write = folder.is_dir(), os.access(folder, os.W_OK)
    except OSError as error:
        raise StoreError(f"{path.name[:40]} is no place to write to: {type(error).__name__}.") from None
    if not is_free and not is_file:
        raise StoreError(f"{path} is a folder, or no file. Expected a file to write the model to.")
    if not has_folder:
        raise StoreError(f"The folder of {path} is not there. Make it first, or name another place.")
    if not may_write:
        raise StoreError(f"The folder of {path} may not be written to.")


def read_model(path: Path) -> Model:
    """Read a stored model.

    Raises:
        ModelError: The file is missing, is no model, or was changed since it was written.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(
            f"The model {path} cannot be read: {type(error).__name__}. Expected a model.json."
        ) from None
    return parse_model(content, str(path))


def parse_model(content: Any, where: str) -> Model:
    """A model from stored values.

    Args:
        content: What was stored: `Model.to_json` with its `version`.
        where: Where it comes from, for messages.

    Raises:
        ModelError: It is not a model of this form, or does not match its version.
    """
    model = model_of(content, where)
    if content.get("version") != model.version:
        raise ModelError(
            f"The model {where} was changed since it was written: its version does not fit its content."
        )
    return model


def model_of(content: Any, where: str) -> Model:
    """A model from plain values that were never stored.

    Raises:
        ModelError: It is not a model of this form.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ModelError(
            f"{where} is not a model of format {FORMAT}. Expected a model.json that this program wrote."
        )
    try:
        return _from_json(content, where)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"The model {where} is incomplete: {type(error).__name__} in its content.") from None


def _from_json(content: dict[str, Any], where: str) -> Model:
    from linkage.engine.program import attributes_of

    spec = parse_spec(content["spec"], where)
    sources = tuple(content["sources"])
    attributes = attributes_of(spec, sources)
    classes = tuple(
        c for c in classes_for(attributes) if c.name in {given["name"] for given in content["classes"]}
    )
    levels = [level for attribute in content["attributes"] for level in attribute["levels"]]
    table = np.asarray([level["probabilities"] for level in levels], dtype=np.float64)
    if [level["name"] for level in levels] != [name for attribute in attributes for name in attribute.levels]:
        raise ValueError("levels do not fit the specification")
    if table.shape != (len(levels), len(classes)) or not ((table > 0) & (table <= 1)).all():
        raise ValueError("probabilities out of range")
    per_record = np.asarray([c["pairs_per_record"] for c in content["classes"]], dtype=np.float64)
    if per_record.shape != (len(classes),) or not (np.isfinite(per_record) & (per_record >= 0)).all():
        raise ValueError("rates out of range")
    lift, comparable = (float(content[name]) for name in ("full_name_lift", "comparable_share"))
    if not (0 < lift < np.inf and 0 <= comparable <= 1):
        raise ValueError("lift or share out of range")
    return Model(
        spec=spec,
        sources=sources,
        attributes=attributes,
        classes=classes,
        table=table,
        seen=np.asarray([level["pairs_seen"] for level in levels], dtype=np.float64),
        per_record=per_record,
        trained_on=int(content["trained_on"]),
        facts=dict(content["facts"]),
        full_name_lift=lift,
        comparable_share=comparable,
    )


def kinds_of(classes: tuple[PairClass, ...]) -> tuple[list[int], list[int]]:
    """Numbers of the match classes and of the household classes."""
    matches = [number for number, c in enumerate(classes) if c.kind == MATCH]
    return matches, [number for number, c in enumerate(classes) if c.kind == HOUSEHOLD]
