"""The course: the exercises of each lesson, the index of all of them, marking and its report."""
