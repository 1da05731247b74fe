"""Outcomes measured on simulated councils, seed by seed."""
