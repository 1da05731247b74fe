"""Eleven services and the gazetteer, each writing the town down in its own way."""
