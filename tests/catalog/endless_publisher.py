"""A process that publishes without end: `python -m tests.catalog.endless_publisher FOLDER`."""

from __future__ import annotations

import itertools
import os
import sys

from sizzle.catalog import Catalog
from tests.catalog import sample_index


def main() -> None:
    """Publish ever other lengths of one asset, and say so before each time."""
    catalog = Catalog.open(sys.argv[1])
    for number in itertools.count(os.getpid()):
        sys.stdout.write(".")
        sys.stdout.flush()
        length = 1 + number % 500
        catalog.publish(sample_index.index("autumn", lengths=(length,) * 8))
        catalog.publish(sample_index.index(f"winter-{number % 5}", lengths=(length,) * 8))
        catalog.gc(keep=3, grace=0)


if __name__ == "__main__":
    main()
