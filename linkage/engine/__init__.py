"""The household-aware engine: people data of any shape in; weighed pairs, clusters and a model out."""
