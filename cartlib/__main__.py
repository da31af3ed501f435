"""python -m cartlib: the menu."""

import sys

from cartlib.menu import main

sys.exit(main())
