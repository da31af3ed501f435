"""Exercises that check a learner's function, and questions about a command's reply."""
