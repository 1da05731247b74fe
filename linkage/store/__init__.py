"""The only door to artefact files and to the database."""

from linkage.store.migrations import migrate

__all__ = ["migrate"]
