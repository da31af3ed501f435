"""python -m cartlib.course: the report, the cheat sheet and the answers, for whoever teaches."""

import sys

from cartlib.course.report import main

sys.exit(main())
