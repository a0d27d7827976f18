"""A worker of the service as it is once it has loaded all."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from multiprocessing.connection import Connection


def send_frozen(environment: Mapping[str, str], out: Connection) -> None:
    """Load it, and send how many objects garbage collections leave out."""
    os.environ.update(environment)
    from sizzle.api.server.workers import worker_app

    gc.unfreeze()  # what this process was forked with
    worker_app()
    out.send(gc.get_freeze_count())
