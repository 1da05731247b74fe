"""Current addresses and the change feed, month after month, held against the truth of simulated councils."""
