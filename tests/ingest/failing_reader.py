"""Runs the program that stands where a sequence's name should, in place of the real reader."""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Run it."""
    exec(json.loads(sys.argv[1])["sequence"])


if __name__ == "__main__":
    main()
