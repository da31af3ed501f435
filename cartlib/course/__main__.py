"""python -m cartlib.course: the report and the cheat sheet for whoever teaches."""

import sys

from cartlib.course.report import main

sys.exit(main())
