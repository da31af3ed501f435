"""Instruments: what the lessons measure and show with, and the servers that they start."""
