"""Packages that only some installations have."""

from importlib import import_module
from typing import Any

from ranker.errors import HistoryError


def pyarrow() -> Any:  # noqa: ANN401 - it has no types
    """The package for Arrow, Parquet and CSV, with its modules for files.

    Raises:
        HistoryError: it is not installed.
    """
    try:
        package = import_module("pyarrow")
        for module in ("pyarrow.compute", "pyarrow.csv", "pyarrow.ipc", "pyarrow.parquet"):
            import_module(module)
    except ImportError as error:
        raise HistoryError(
            "Parquet, CSV and shards need the extra `embeddings`.",
            "pip install 'dynamic-sizzles[embeddings]'.",
        ) from error
    return package
