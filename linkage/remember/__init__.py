"""Remember: what sources sent, added to what is known from before; nothing is lost by not being sent."""

from linkage.remember.delta import changed_records
from linkage.remember.memory import NOTHING, Memory
from linkage.remember.remembering import remember

__all__ = ["NOTHING", "Memory", "changed_records", "remember"]
