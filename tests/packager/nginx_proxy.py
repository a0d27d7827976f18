"""nginx with the configuration that ships."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import sizzle.packager
from tests.ports import free_port, wait_for
from tests.programs import find_program


@contextmanager
def nginx(origin: int | str, change: Callable[[str], str] = lambda text: text) -> Iterator[int]:
    """Run nginx with the shipped configuration in front of a port or address, and yield its own."""
    program = find_program("nginx")
    port = free_port()
    shipped = Path(sizzle.packager.__file__).with_name("nginx.conf").read_text()
    with TemporaryDirectory(prefix="sizzle-nginx-") as folder:
        Path(folder).chmod(0o755)
        for placeholder, value in {
            "@listen@": f"0.0.0.0:{port}",
            "@origin@": f"127.0.0.1:{origin}" if isinstance(origin, int) else origin,
            "@cache@": folder,
        }.items():
            shipped = shipped.replace(placeholder, value)
        configuration = Path(folder, "nginx.conf")
        configuration.write_text(f"daemon off;\n{change(shipped)}")
        with subprocess.Popen([program, "-c", configuration, "-e", "stderr"]) as process:
            try:
                wait_for(port)
                yield port
            finally:
                process.terminate()


def as_root(text: str) -> str:
    """Nginx with workers of the service's own user, so that only its headers give it away."""
    return f"user root;\n{text}"
