"""A small cluster: nginx in front of two machines, PostgreSQL, and an S3 server of others (moto's).

Each machine is a network namespace with a state folder and a cache of its own. What it shares with
the other, it reaches over the network.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.request import Request, urlopen

from sqlalchemy import URL

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_rows import KeyRows
from sizzle.api.auth.key_store import KeyStore
from sizzle.database import Database
from tests.command_line import SIZZLE
from tests.databases import OwnServer, own_server
from tests.network_namespace import Namespace, network_namespace
from tests.packager.nginx_proxy import nginx
from tests.ports import free_port, wait_for

SECRET: Final = "a secret that all machines have in common"
WORKERS: Final = 2
_CGROUPS: Final = Path("/sys/fs/cgroup/cpu")
_PERIOD: Final = 50_000  # microseconds
_PATIENCE: Final = 180.0  # seconds
_BUCKET: Final = "sizzle"
_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """A response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Its body."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Client:
    """Asks a machine, or nginx.

    Args:
        host: its address.
        port: its port.
        key: an API key.
    """

    host: str
    port: int
    key: str

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request. Raises OSError: nobody answers."""
        sent = {"authorization": f"Bearer {self.key}", **(headers or {})}
        if body is not None:
            content = json.dumps(body).encode()
            sent["content-type"] = "application/json"
        connection = HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.request(method, path, content, sent)
            response = connection.getresponse()
            return Answer(response.status, dict(response.headers.items()), response.read())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        """Send a GET."""
        return self.send("GET", path)

    def answers(self, path: str = "/livez") -> bool:
        """Whether it answers 200: before anything is published, a machine is not ready."""
        with suppress(OSError):
            return self.get(path).status == 200
        return False

    def ready(self) -> bool:
        """Whether requests can be answered."""
        return self.answers("/readyz")


@dataclass
class Machine:
    """A machine, which can be stopped, cut off and started."""

    name: str
    space: Namespace
    folder: Path
    environment: Mapping[str, str]
    client: Client
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start the service; `wait` waits until it is ready."""
        serve = [*SIZZLE, "serve", "--host", self.client.host, "--port", str(self.client.port)]
        # In this order, as the control groups are not to be seen in the name space.
        command = self._grouped(*self.space.command(*serve, "--workers", str(WORKERS)))
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stderr=log,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until it is ready."""
        until(self.client.ready, lambda: self.log()[-3000:])

    def kill(self) -> None:
        """Kill all of its processes, as a power cut does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        if self.group.exists():  # its workers end a moment later
            until(lambda: not (self.group / "cgroup.procs").read_text())

    def pause(self, *, on: bool) -> None:
        """Have all of its processes stand still, or go on."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGSTOP if on else signal.SIGCONT)

    def log(self) -> str:
        """What it has written to its log."""
        return (self.folder / "serve.log").read_text(errors="replace")

    def hold(self, share: float) -> None:
        """Hold all of its processes together to a share of one core, from now on."""
        (self.group / "cpu.cfs_period_us").write_text(str(_PERIOD))
        (self.group / "cpu.cfs_quota_us").write_text(str(int(share * _PERIOD)))

    def throttled(self) -> float:
        """The share of periods in which it was held back."""
        lines = (self.group / "cpu.stat").read_text().splitlines()
        counts = {name: int(value) for name, value in (line.split() for line in lines)}
        return counts["nr_throttled"] / max(1, counts["nr_periods"])

    @property
    def group(self) -> Path:
        """The control group of its processes (of version 1, whose controllers are folders)."""
        return _CGROUPS / f"sizzle-{os.getpid()}-{self.name}"

    def _grouped(self, *command: str) -> list[str]:
        """The command in a control group, where there are any."""
        try:
            self.group.mkdir(exist_ok=True)
        except OSError:
            return list(command)
        join = f'echo $$ > {self.group}/cgroup.procs; exec "$@"'
        return ["sh", "-c", join, "sh", *command]


@dataclass(frozen=True)
class Cluster:
    """The whole of it, as seen from this machine."""

    machines: tuple[Machine, Machine]
    front: Client
    database: Database
    server: OwnServer
    store: S3
    environment: Mapping[str, str]

    def sizzle(self, *arguments: str) -> str:
        """Run the command line on this machine. Returns what it prints."""
        done = subprocess.run(
            [*SIZZLE, *arguments],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@dataclass
class S3:
    """A server of S3, which can be stopped; what it has is lost with it."""

    port: int
    process: subprocess.Popen[bytes]

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """It does not answer meanwhile, as if its network were down."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def s3_server() -> Iterator[S3]:
    """Moto's server, with an empty bucket."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "0.0.0.0", "-p", str(port)]
    # It would take the first number of an address for a bucket.
    environment = {**os.environ, "S3_IGNORE_SUBDOMAIN_BUCKETNAME": "true"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(port)
            made = Request(f"http://127.0.0.1:{port}/{_BUCKET}", method="PUT")
            with urlopen(made, timeout=30) as answer:
                assert answer.status == 200
            yield S3(port, process)
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()


def until(is_so: Callable[[], bool], why: Callable[[], str] = lambda: "") -> None:
    """Wait until something is so; if it never is, `why` may say more."""
    deadline = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, why()
        time.sleep(0.05)


@contextmanager
def small_cluster(folder: Path, media: Path | None = None) -> Iterator[Cluster]:
    """A cluster whose machines are not started yet, but have all that they need.

    Args:
        folder: for all files; a model `ranker.pt` is in it.
        media: the folder of media that editors may name.
    """
    with ExitStack() as stack:
        # It has a user of its own, who may not enter every folder.
        root = stack.enter_context(TemporaryDirectory(prefix="sizzle-cluster-"))
        Path(root).chmod(0o755)
        server = stack.enter_context(own_server(Path(root) / "postgresql"))
        store = stack.enter_context(s3_server())
        url = server.url
        database = Database(url)
        stack.callback(database.close)
        (folder / "keys").mkdir()
        rows = KeyStore(KeyRows(database, folder / "keys"))
        key = rows.create("the cluster's test", [ApiScope.ADMIN], rate=1e6)[1]
        machines = []
        for number, name in enumerate(("one", "two")):
            space = stack.enter_context(network_namespace(number))
            far = _over_network(stack, url, space)
            shared = shared_settings(folder, store.port, far, space.here, media)
            machines.append(_machine(folder / name, name, space, shared, key))
        front = stack.enter_context(nginx(origin_of(machines)))
        here = shared_settings(folder, store.port, url, "127.0.0.1", media)
        here["XDG_CACHE_HOME"], here["SIZZLE_STATE"] = str(folder / "cache"), str(folder / "keys")
        os.environ.update({name: here[name] for name in here if name.startswith("AWS_")})
        try:
            yield Cluster(
                (machines[0], machines[1]),
                Client("127.0.0.1", front, key),
                database,
                server,
                store,
                here,
            )
        finally:
            for machine in machines:
                if machine.process is not None:
                    machine.pause(on=False)
                    machine.kill()
                with suppress(OSError):
                    machine.group.rmdir()


def origin_of(machines: Sequence[Machine]) -> str:
    """Machines as the shipped configuration of nginx names them."""
    return "; server ".join(f"{each.client.host}:{each.client.port}" for each in machines)


def shared_settings(
    folder: Path, port: int, url: URL, host: str, media: Path | None
) -> dict[str, str]:
    """The settings that all machines have alike; those of S3 as its own tools have them."""
    store = f"s3://{_BUCKET}"
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT": f"http://{host}:{port}",
        "AWS_ALLOW_HTTP": "true",
        "SIZZLE_CATALOG": f"{store}/catalog",
        "SIZZLE_PACKAGES": f"{store}/packages",
        "SIZZLE_UPLOADS": f"{store}/uploads",
        "SIZZLE_DATABASE": url.render_as_string(hide_password=False),
        "SIZZLE_MODEL": str(folder / "ranker.pt"),
        "SIZZLE_SECRET": SECRET,
        "SIZZLE_TRUSTED_PROXIES": host,
        "SIZZLE_LOG_REQUESTS": "false",
        **({"SIZZLE_MEDIA": str(media)} if media else {}),
    }


def _machine(
    folder: Path,
    name: str,
    space: Namespace,
    shared: Mapping[str, str],
    key: str,
) -> Machine:
    folder.mkdir()
    own = {
        "SIZZLE_STATE": str(folder / "state"),
        "SIZZLE_INGESTS": str(folder / "ingests"),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }
    client = Client(space.there, free_port(), key)
    return Machine(name, space, folder, {**shared, **own}, client)


def _over_network(stack: ExitStack, url: URL, space: Namespace) -> URL:
    """PostgreSQL's address for a machine: the server of tests listens at a local socket only."""
    local = str(Path(str(url.query["host"])) / ".s.PGSQL.5432")
    port = stack.enter_context(_forwarded(space.here, local))
    return url.set(host=space.here, port=port, query={})


@contextmanager
def _forwarded(host: str, path: str) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.forwarding", host, path]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()
