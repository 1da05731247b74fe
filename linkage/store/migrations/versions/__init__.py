"""One module a migration, in the order in which they were written."""
