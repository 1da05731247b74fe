"""The flow: stages put in order, each leaving its tables in the run's folder."""
