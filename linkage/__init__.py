"""The residents index library: raw extracts in, linked residents and households out."""

__version__ = "0.1.0"
