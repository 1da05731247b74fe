"""The change feed: what happened to households and residents between two states of the index."""

from linkage.index.feed.changing import changes

__all__ = ["changes"]
