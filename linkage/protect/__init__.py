"""Protect: what must not be held, shown or joined is hidden before linking, and with it what would tell of it."""
