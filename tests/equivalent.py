"""Mutants that are the same function as the reference, each with the reason."""

EQUIVALENT = {}
