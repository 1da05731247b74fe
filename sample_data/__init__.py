"""The sample data and what makes it."""
