"""Ten minutes of everything that operators fear, at once, on both databases.

    python -m benchmarks.chaos [SECONDS [sqlite|postgresql]]

Two workers behind the shipped configuration of nginx answer devices, batches, editors, slow
clients, and clients whose keys are revoked. Meanwhile workers and the service are killed, halted
and started again, versions are published and pinned, models exchanged, tables migrated by a later
version of the program; the disk is full, and the database is down or locked. Each answer is held
against what it must be, and afterwards all that was accepted must be there, once. Exits with 1 if
it is not.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.tables import Row, print_table
from tests.api.chaos.ledger import Ledger
from tests.api.chaos.run import run
from tests.databases import KINDS

_SECONDS = 600.0


def main() -> None:
    """Run, print, and exit."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else _SECONDS
    kinds = sys.argv[2:] or KINDS
    ledgers = {}
    for kind in kinds:
        with TemporaryDirectory(prefix="sizzle-chaos-") as name:
            ledgers[kind] = run(Path(name), kind, seconds)
    print_table((f"in {seconds:g} s", *ledgers, "target"), _rows(list(ledgers.values())))
    wrong = [line for ledger in ledgers.values() for line in ledger.wrong]
    sys.stderr.write("".join(f"{line}\n" for line in wrong[:20]))
    sys.exit(1 if wrong else 0)


def _rows(ledgers: list[Ledger]) -> list[Row]:
    answers = sorted({name for ledger in ledgers for name in ledger.counts})
    troubles = sorted({name for ledger in ledgers for name in ledger.troubles})
    return [
        *(Row(name, [*(each.troubles[name] for each in ledgers), ""]) for name in troubles),
        *(Row(name, [*(each.counts[name] for each in ledgers), ""]) for name in answers),
        Row("slowest answer, s", [*(f"{each.slowest:.1f}" for each in ledgers), ""]),
        Row("events accepted, and there once", [*(len(each.events) for each in ledgers), ""]),
        Row("publications, and there", [*(len(each.publications) for each in ledgers), ""]),
        Row("wrong answers and lost writes", [*(len(each.wrong) for each in ledgers), "0"]),
    ]


if __name__ == "__main__":
    main()
