"""The engine of exercises and predictions. It knows no lesson: those are in cartlib.course."""
