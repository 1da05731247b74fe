"""Children on a list: who joined or left their household within a year, what contradicts, who is missing from view."""

from linkage.outcomes.children.figures import child_figures
from linkage.outcomes.children.watching import watch_children

__all__ = ["child_figures", "watch_children"]
