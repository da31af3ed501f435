"""python tests/benchmarks: measure, and write what was found into RESULTS.md beside this file."""

import argparse
import importlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for what the tests share

from measure import as_json, circumstances
from results import PAGE, PARTS, keep, table_text


def main(arguments=None) -> int:
    """Measure the parts that are named, or all of them, and keep what they found."""
    parser = argparse.ArgumentParser(prog="python tests/benchmarks")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; or all")
    parser.add_argument("--quick", action="store_true", help="few rounds; only print the tables")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}. Name {', '.join(PARTS)}.")
    for part in options.parts or PARTS:
        before, start = circumstances(), time.perf_counter()
        tables = as_json(importlib.import_module(part).tables(options.quick))
        print("\n".join(map(table_text, tables)))
        if tables and not options.quick:
            keep(part, PARTS[part], before, time.perf_counter() - start, tables)
    if not options.quick:
        print(f"Written into {PAGE}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
