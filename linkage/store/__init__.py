"""The only door to artefact files and to the database."""
