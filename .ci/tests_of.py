"""Print the tests of one file: those of its module, else those of its package.

Tests mirror the packages: `sizzle/layout/rules.py` is tested by `tests/layout/test_rules.py`, else
by what is in `tests/layout` or `tests/test_layout.py`. A test is its own test, a page is tested by
`tests/test_docs.py`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

TESTS = Path("tests")


def candidates(file: Path) -> Iterator[Path]:
    """Where the tests may be, the narrowest first."""
    if file.parts[0] == "tests":
        yield file if file.name.startswith("test_") else file.parent
        return
    if file.suffix == ".md":
        yield TESTS / "test_docs.py"
    package = Path(*file.parts[1:]) if file.parts[0] == "sizzle" else file
    yield TESTS / package.with_name(f"test_{package.name}")
    for parent in package.parents:
        yield TESTS / parent.with_name(f"test_{parent.name}.py") if parent.name else TESTS
        yield TESTS / parent


def main() -> int:
    """Print them, or say that there is no such file."""
    file = Path(sys.argv[1])
    if not file.is_file() or file.is_absolute():
        print(f"There is no file {file} here.", file=sys.stderr)  # noqa: T201
        return 2
    print(next(path for path in candidates(file) if path.exists()))  # noqa: T201
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
