"""Link: records in, scored candidate pairs and the model that scored them out."""

from linkage.link import household
from linkage.link.engine import link as link_with_toolkit
from linkage.link.increment import LinkIncrement, link_increment
from linkage.link.linkage import HouseholdLinkage, ToolkitLinkage

link_households = household.link

__all__ = [
    "HouseholdLinkage",
    "LinkIncrement",
    "ToolkitLinkage",
    "link_households",
    "link_increment",
    "link_with_toolkit",
]
