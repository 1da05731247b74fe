"""Simulates a town's residents and the extracts its services would hold of them."""

from sample_data.generator.generation import GenerationSummary, generate

__all__ = ["GenerationSummary", "generate"]
