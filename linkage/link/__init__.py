"""Link: records in, scored candidate pairs and the model that scored them out."""

from linkage.link.engine import Linkage, link

__all__ = ["Linkage", "link"]
