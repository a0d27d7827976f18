"""Limits of the system on this process, for the processes that read what comes from outside."""

from __future__ import annotations

import resource


def lower_limits(*, memory: int, processor_time: int, file_size: int) -> None:
    """Limit this process; a limit that is lower already stays.

    Args:
        memory: bytes of address space.
        processor_time: seconds.
        file_size: bytes of any file that it writes, standard output included.
    """
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, processor_time),
        (resource.RLIMIT_FSIZE, file_size),
    ):
        _, hard = resource.getrlimit(kind)
        lowered = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (lowered, lowered))
