"""A real small cluster, whose machines, database and store are killed while it is used."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import select

from sizzle.catalog import Catalog
from sizzle.database.schema import EVENTS
from sizzle.database.service_tables import JOBS
from tests.api.ingests.ingest_app import CADENCE, export, make_media
from tests.api.ingests.upload_form import CONTENT_TYPE, upload_form
from tests.api.living_installation import played, prepare
from tests.api.small_cluster import Answer, Client, Cluster, small_cluster, until

pytestmark = pytest.mark.full


def upload(client: Client, asset_id: str, key: str) -> Answer:
    """Upload a timeline with its media."""
    headers = {
        "content-type": CONTENT_TYPE,
        "idempotency-key": key,
    }
    fields = {"asset_id": asset_id, "media": "mega.mp4", "bed": "bed.wav"}
    content = upload_form(fields, export())
    return client.send("POST", "/v1/ingests", content=content, headers=headers)


def job(client: Client, job_id: str) -> Any:  # noqa: ANN401 - any JSON
    """A job as a machine sees it."""
    return client.get(f"/v1/ingests/{job_id}").json()


def reel(client: Client, member_id: str, asset_id: str = "demo") -> Answer:
    """A member's reel, with where to play it."""
    device = {"dynamic_sizzles": True, "plays": ["timecodes", "hls"]}
    body = {"device": device, "member_id": member_id, "asset_id": asset_id, "cadence": CADENCE}
    return client.send("POST", "/v1/reels", body)


def send_event(client: Client, number: int) -> Answer:
    """Send an event."""
    return client.send(
        "POST", "/v1/events", {"events": [played("aurora", f"m{number}", number % 60)]}
    )


def kept_events(cluster: Cluster) -> set[str]:
    """The ids of all events in the database."""
    with cluster.database.reading() as connection:
        return set(connection.execute(select(EVENTS.c.event_id)).scalars())


class Traffic:
    """Clients that go on asking nginx while something happens: for reels, and to record events."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=each) for each in (self._reels, self._events)]
        self.reels: list[int] = []
        self.events: list[int] = []
        self.accepted: list[str] = []

    def __enter__(self) -> Traffic:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _reels(self) -> None:
        for number in itertools.count():
            if self._stop.is_set():
                return
            self.reels.append(reel(self._cluster.front, f"member-{number % 7}").status)

    def _events(self) -> None:
        for number in itertools.count(1000 * (1 + len(self.accepted))):
            if self._stop.is_set():
                return
            answer = send_event(self._cluster.front, number)
            self.events.append(answer.status)
            if answer.status == 202:
                self.accepted += [each["id"] for each in answer.json()["results"]]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - a generator
    """The cluster, with one asset that was uploaded, published and packaged through it."""
    folder = tmp_path_factory.mktemp("cluster")
    folder.chmod(0o755)
    prepare(folder)
    with small_cluster(folder, make_media(folder)) as cluster:
        for machine in cluster.machines:
            machine.start()
        for machine in cluster.machines:
            until(machine.client.answers)
        publish_demo(cluster)
        yield cluster


def publish_demo(cluster: Cluster) -> None:
    """Upload to one machine, publish on the other, and package from a third place."""
    one, two = (machine.client for machine in cluster.machines)
    made = upload(one, "demo", "first")
    assert made.status == 202, made.body
    job_id = made.json()["id"]
    until(lambda: job(two, job_id)["state"] == "checked", lambda: str(job(two, job_id)))
    assert upload(two, "demo", "first").json()["id"] == job_id
    published = two.send("POST", f"/v1/ingests/{job_id}/publish", {}, headers=KEY)
    assert published.status == 200, published.body
    again = one.send("POST", f"/v1/ingests/{job_id}/publish", {}, headers=KEY)
    assert (again.body, again.headers["idempotent-replayed"]) == (published.body, "true")
    assert job(one, job_id)["state"] == "published"
    assert one.get(f"/v1/ingests/{job_id}/findings").status == 200
    cluster.sizzle("package", "demo", "--ladder", "180", "--preset", "ultrafast")
    for machine in cluster.machines:
        machine.wait()
        until(partial(plays, machine.client))


def plays(client: Client) -> bool:
    """Whether a machine says where a reel is played."""
    answer = reel(client, "x")
    assert answer.status == 200, answer.body
    return "playback" in answer.json()


def is_at(client: Client, version: int) -> bool:
    """Whether a worker has this version of the catalog."""
    return bool(client.get("/readyz").json()["catalog_version"] == version)


def answers(client: Client, status: int) -> bool:
    """Whether a client with a key is answered so."""
    return client.get("/v1/assets").status == status


KEY = {"idempotency-key": "publish-1"}


def named_in(client: Client, playlist: str) -> list[str]:
    """The addresses that a playlist names."""
    answer = client.get(playlist)
    assert answer.status == 200, answer.body
    lines = answer.body.decode().splitlines()
    return [urljoin(playlist, line) for line in lines if line and not line.startswith("#")]


def path_of(address: str) -> str:
    """An address without the machine."""
    return urlsplit(address)._replace(scheme="", netloc="").geturl()


def test_reels_and_addresses_of_one_machine_work_on_the_other(cluster: Cluster) -> None:
    """To the byte; both rank a member alike."""
    one, two = (machine.client for machine in cluster.machines)
    made, other = reel(one, "ada").json(), reel(two, "ada").json()
    assert made["cuts"] == other["cuts"]
    assert made["reel_id"] == other["reel_id"]
    assert (
        one.get(f"/v1/reels/{made['reel_id']}").body == two.get(f"/v1/reels/{made['reel_id']}").body
    )
    playlist = path_of(made["playback"]["hls"])
    assert named_in(one, playlist) == named_in(two, playlist)
    media = named_in(one, named_in(two, playlist)[0])
    for address in media[:3]:
        assert one.get(address).status == 200
        assert one.get(address).body == two.get(address).body == cluster.front.get(address).body


def test_publish_pin_and_rollback_are_seen_by_all(cluster: Cluster) -> None:
    """Within seconds, by each worker of each machine."""
    catalog = Catalog.open("s3://sizzle/catalog")
    first = catalog.announcement().current

    def seen(version: int) -> None:
        for machine in cluster.machines:
            for _ in range(4):
                until(partial(is_at, machine.client, version))

    job_id = upload(cluster.front, "second", "second").json()["id"]
    until(lambda: job(cluster.front, job_id)["state"] == "checked")
    assert cluster.front.send("POST", f"/v1/ingests/{job_id}/publish", {}).status == 200
    second = catalog.announcement().current
    assert second > first
    seen(second)
    cluster.sizzle("catalog", "pin", str(first))
    seen(first)
    for machine in cluster.machines:
        assert reel(machine.client, "ada", "second").status == 404
    cluster.sizzle("catalog", "unpin")
    seen(second)
    cluster.sizzle("catalog", "rollback")
    seen(first)


def test_a_key_is_known_and_revoked_everywhere(cluster: Cluster) -> None:
    """As it is created on one machine of the command line."""
    made = json.loads(cluster.sizzle("keys", "create", "tv", "--scope", "reels:read", "--json"))
    clients = [
        Client(machine.client.host, machine.client.port, made["key"])
        for machine in cluster.machines
    ]
    for client in clients * 2:
        until(partial(answers, client, 200))
    cluster.sizzle("keys", "revoke", made["key_id"])
    for client in clients * 2:
        until(partial(answers, client, 401))


def test_the_job_of_a_machine_that_is_killed_is_done_by_the_other(cluster: Cluster) -> None:
    """Its files come from the store, and it is published once, from both sides at once."""
    one, two = cluster.machines
    two.pause(on=True)
    job_id = upload(one.client, "killed", "killed").json()["id"]

    def row() -> Any:  # noqa: ANN401 - a row
        query = select(JOBS.c.worker, JOBS.c.result).where(JOBS.c.job_id == job_id)
        with cluster.database.reading() as connection:
            return connection.execute(query).one()

    until(lambda: row().worker != "")
    one.kill()
    assert row().result is None
    two.pause(on=False)
    until(lambda: job(two.client, job_id)["state"] == "checked", lambda: two.log()[-2000:])
    one.start()
    one.wait()
    published: list[bytes] = []
    threads = [
        threading.Thread(
            target=lambda client: published.append(
                client.send("POST", f"/v1/ingests/{job_id}/publish", {}).body
            ),
            args=(machine.client,),
        )
        for machine in (one, two) * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(published)) == 1
    assert json.loads(published[0])["changed"] is True


def test_nobody_notices_a_machine_that_is_killed(cluster: Cluster) -> None:
    """Reels and events go on by the other; what was accepted is kept."""
    one, _ = cluster.machines
    with Traffic(cluster) as traffic:
        until(lambda: len(traffic.reels) > 10 and len(traffic.events) > 10)
        one.kill()
        time.sleep(3)
        one.start()
        one.wait()
        time.sleep(2)
    assert_all(traffic.reels, lambda status: status == 200 or status == 502, most=2)
    assert_all(traffic.events, lambda status: status == 202 or status == 502, most=2)
    assert set(traffic.accepted) <= kept_events(cluster)


def assert_all(statuses: list[int], allowed: Callable[[int], bool], *, most: int) -> None:
    """All answers are good, but for at most so many that were under way when something died."""
    assert all(map(allowed, statuses)), sorted(set(statuses))
    bad = [status for status in statuses if status >= 500]
    assert len(bad) <= most, (len(bad), len(statuses))


def test_without_the_database_reels_go_on_and_writes_are_refused(cluster: Cluster) -> None:
    """Each with a problem that says so; once it is back, all goes on, and nothing is lost."""
    for number in range(5):
        assert send_event(cluster.front, number).status == 202
    before = kept_events(cluster)
    with cluster.server.stopped():
        for number in range(4):
            assert reel(cluster.front, f"member-{number}").status == 200
        refused = [
            send_event(cluster.front, 77),
            cluster.front.send("POST", "/v1/assets/demo/rollback", {"to_version": 1}, headers=KEY),
            upload(cluster.front, "late", "late"),
        ]
        for answer in refused:
            assert answer.status == 503, answer.body
            assert "retry-after" in {name.lower() for name in answer.headers}
            assert answer.json()["fix"]
        until(lambda: cluster.front.get("/readyz").json()["degraded"] != [])
    until(lambda: send_event(cluster.front, 78).status == 202)
    assert before <= kept_events(cluster)
    until(lambda: upload(cluster.front, "late", "late").status == 202)


def test_without_the_store_reels_and_players_go_on(cluster: Cluster) -> None:
    """What is published or uploaded meanwhile is refused, and can be sent again."""
    path = path_of(reel(cluster.front, "ada").json()["playback"]["hls"])
    with cluster.store.stopped():
        assert reel(cluster.front, "ben").status == 200
        assert cluster.front.get(path).status == 200
    until(lambda: upload(cluster.front, "later", "later").status == 202)
    for machine in cluster.machines:
        until(machine.client.ready)
