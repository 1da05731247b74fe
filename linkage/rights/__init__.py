"""What people decide about records, and what the law gives to those whom records are about.

Judgements, restriction, erasure and retention as pure functions of frames; `linkage.store` keeps and deletes, and
`pipeline.rights` and `pipeline.retention` put both together.
"""

from linkage.rights.addresses import addresses_ruled_out, is_ruled_out
from linkage.rights.applying import Allowed, Decided, allow, bring_back
from linkage.rights.conflicts import judgement_conflicts
from linkage.rights.erasure import blank_erased, drop_erased, record_hashes, row_ids
from linkage.rights.judgements import follow_aliases, in_force, judged_records
from linkage.rights.restriction import SetAside, restored, restricted_records, set_aside
from linkage.rights.retention import expired, first_day_kept

__all__ = [
    "Allowed",
    "Decided",
    "SetAside",
    "addresses_ruled_out",
    "allow",
    "blank_erased",
    "bring_back",
    "drop_erased",
    "expired",
    "first_day_kept",
    "follow_aliases",
    "in_force",
    "is_ruled_out",
    "judged_records",
    "judgement_conflicts",
    "record_hashes",
    "restored",
    "restricted_records",
    "row_ids",
    "set_aside",
]
