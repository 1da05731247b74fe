"""Compiled kernels: pure functions of arrays, no object of this project in or out (ADR 0008)."""
