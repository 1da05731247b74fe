"""Verbs of `resident-index`, a module for each thing a person works on."""
