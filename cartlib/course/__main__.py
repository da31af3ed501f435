"""python -m cartlib.course: the report for whoever marks."""

import sys

from cartlib.course.report import main

sys.exit(main())
