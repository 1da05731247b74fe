"""Interchange: models given to Splink and taken from it, as the settings that Splink 5 stores."""

from linkage.engine.interchange.exporting import to_splink, two_class
from linkage.engine.interchange.importing import from_splink
from linkage.engine.interchange.tables import splink_table, term_tables

__all__ = ["from_splink", "splink_table", "term_tables", "to_splink", "two_class"]
