"""python -m cartlib.practice: the report for whoever marks."""

import sys

from cartlib.practice.report import main

sys.exit(main())
