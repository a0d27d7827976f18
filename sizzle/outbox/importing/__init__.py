"""Imports of members and endpoints from files, in batches that are kept whole or not at all."""

from sizzle.outbox.importing.importer import Importer, ImportOptions
from sizzle.outbox.importing.report import ImportFinding, ImportReport

__all__ = ["ImportFinding", "ImportOptions", "ImportReport", "Importer"]
