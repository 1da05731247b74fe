"""Other record linkage libraries, run on the same records and the same blocking rules as the engine."""
