"""Which addresses a change of the gazetteer can touch: the others are found as they were."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from linkage.contracts.conditions import Mask
from linkage.contracts.model import Contract
from linkage.standardise.addresses import address_cells, stated_uprns
from linkage.standardise.gazetteer import Gazetteer


@dataclass(frozen=True, slots=True)
class Touched:
    """Postcodes and UPRNs of which the gazetteer says something else than before."""

    postcodes: pd.Index
    uprns: pd.Index

    @property
    def is_nothing(self) -> bool:
        """The gazetteer says the same as before."""
        return self.postcodes.empty and self.uprns.empty


def touched(now: Gazetteer, before: Gazetteer) -> Touched | None:
    """What may be found otherwise than before.

    An address is looked for among the texts of its postcode only, and a stated UPRN is followed to one property. Both
    ask beside that only which of the properties are buildings with units of their own.

    Args:
        now: The gazetteer.
        before: An earlier one.

    Returns:
        The postcodes and UPRNs; nothing when any address may be touched, since the towns that may end one have changed.
    """
    if now.places.areas != before.places.areas:
        return None
    texts = _different(*(_texts(gazetteer) for gazetteer in (now, before)))
    properties = _different(*(_properties(gazetteer) for gazetteer in (now, before)))
    followed = _different(*(_followed(gazetteer) for gazetteer in (now, before)))
    uprns = pd.Index(pd.concat([properties["uprn"], followed["uprn"]]).unique())
    leading = [g.successors.index[g.successors.isin(uprns)] for g in (now, before)]
    return Touched(pd.Index(texts["postcode"].unique()), uprns.union(leading[0]).union(leading[1]))


def touched_rows(rows: pd.DataFrame, contract: Contract, by: Touched) -> Mask:
    """Rows of which some person's address may be found otherwise than before.

    Args:
        rows: Valid rows of one source.
        contract: The source's contract.
        by: What the change of the gazetteer touches.
    """
    met = np.zeros(len(rows), dtype=np.bool_)
    for mapping in {person.address for person in contract.people if person.address is not None}:
        met |= address_cells(rows, mapping)["postcode"].isin(by.postcodes).to_numpy(dtype=bool)
        if mapping.uprn is not None:
            met |= stated_uprns(rows[mapping.uprn]).isin(by.uprns).to_numpy(dtype=bool)
    return met


def _different(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Rows that stand in one frame only; each stands once in a frame."""
    both = pd.concat([now, before], ignore_index=True)
    return both[~both.duplicated(keep=False)]


def _texts(gazetteer: Gazetteer) -> pd.DataFrame:
    texts = gazetteer.places.texts
    return texts.assign(
        is_shared=gazetteer.is_shared(texts["uprn"]), is_in_shared=gazetteer.is_shared(texts["parent_uprn"])
    )


def _properties(gazetteer: Gazetteer) -> pd.DataFrame:
    properties = gazetteer.addresses[["uprn", "parent_uprn"]]
    return properties.assign(is_shared=gazetteer.is_shared(properties["uprn"]))


def _followed(gazetteer: Gazetteer) -> pd.DataFrame:
    successors = gazetteer.successors
    return pd.DataFrame({"uprn": successors.index, "successor": successors.to_numpy()})
