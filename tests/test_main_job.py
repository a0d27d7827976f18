"""The main job through the command line, on small media: from an export to a verified reel."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from fixtures.bed import write_bed
from fixtures.histories import demo_histories
from fixtures.media import write_trailer
from fixtures.timeline import write_demo_timeline, write_title_sheet
from fixtures.titles import DEMO_TITLES, demo_clips
from ranker import write_histories
from sizzle.catalog import Catalog
from sizzle.cli.demo_loop import LoopFiles, show_loop
from sizzle.layout import DEFAULT, FrameSize
from tests.command_line import SIZZLE, sizzle
from tests.player_stub import synthetic

pytestmark = pytest.mark.first
TITLES = DEMO_TITLES[1:7]  # three of each taste
SIZE = (128, 72)  # the smallest in which barcodes survive the encoder, with a margin
MEMBERS = ("member-ada", "member-ben")
CADENCES = """
[cadences]
trio = ["A:160 B:80 C:40"]
duo = ["A:80 B:80"]

[sets.autumn]
trio = 1
duo = 1
"""


@dataclass(frozen=True)
class Job:
    """A folder in which every command of the main job has run."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """One state folder for all commands, the service among them."""
        return {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "SIZZLE_STATE": str(self.folder / "state"),
            "SIZZLE_CADENCES": str(self.folder / "cadences.toml"),
        }

    def run(self, *arguments: object, code: int = 0) -> str:
        """Run a command there, and expect its exit code."""
        answer = sizzle(*arguments, cwd=self.folder, environment=self.environment)
        assert answer.returncode == code, answer.stderr
        assert "Traceback" not in answer.stderr
        return answer.stdout

    def json(self, *arguments: object, code: int = 0) -> Any:  # noqa: ANN401
        """The output with --json."""
        return json.loads(self.run(*arguments, "--json", code=code))


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """The asset made, published, the ranker trained, and a reel composed and rendered."""
    folder = tmp_path_factory.mktemp("job")
    clips = demo_clips(TITLES)
    synthetic.write_asset(folder / "mega.mp4", clips, size=SIZE)
    write_bed(folder / "bed.wav", 1100, DEFAULT.rate)
    write_trailer(folder / "trailer.mp4", folder / "mega.mp4", folder / "bed.wav", clips)
    write_demo_timeline(folder / "mega.xml", TITLES, clips, FrameSize(*SIZE))
    write_title_sheet(folder / "titles.csv", TITLES)
    write_histories(folder / "histories.jsonl", demo_histories())
    (folder / "cadences.toml").write_text(CADENCES)
    job = Job(folder)
    job.run("train", "histories.jsonl", "--set", "steps=75")
    job.run(
        *("ingest", "mega.xml", "--asset", "demo", "--video", "mega.mp4", "--bed", "bed.wav"),
        *("--trailer", "trailer.mp4", "--titles", "titles.csv"),
    )
    for member in MEMBERS:
        job.run("compose", member, "--asset", "demo", "--out", f"{member}.json")
        sheet = ("--contact-sheet", "a.png") if member == MEMBERS[0] else ()
        job.run("render", f"{member}.json", "--out", f"{member}.mp4", *sheet)
    return job


@pytest.mark.parametrize("member", MEMBERS)
def test_the_rendered_reel_is_proved_frame_by_frame(job: Job, member: str) -> None:
    """Every check passes: barcodes, order, count, times, and the audio along the reel."""
    proof = job.json("verify", f"{member}.mp4", f"{member}.json")
    assert [check["name"] for check in proof["checks"] if not check["passed"]] == []
    assert (proof["frames"], proof["faults"]) == (1080, [])
    assert proof["max_offset_ms"] < 20.8


def test_another_members_reel_fails_the_proof(job: Job) -> None:
    """A verification that cannot fail proves nothing: exit code 1, and the frames are named."""
    proof = job.json("verify", "member-ada.mp4", "member-ben.json", code=1)
    failed = [check["name"] for check in proof["checks"] if not check["passed"]]
    assert failed == ["frames"]
    assert "member-ada.mp4" in job.run("verify", "member-ada.mp4", "member-ben.json", code=1)


def test_a_member_watches_and_the_next_reel_has_moved(
    job: Job, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo's loop: a device's events, in SQLite, reorder the next reel."""
    folder = job.folder
    files = LoopFiles(
        Catalog.open(folder / "catalog"),
        *("demo", folder / "ranker.pt", folder / "histories.jsonl"),
        *(folder / "state", tmp_path / "events.db"),
    )
    show_loop(files)
    first, _, following = capsys.readouterr().err.splitlines()
    assert first.partition(": ")[2] != following.partition(": ")[2]


def test_opposite_tastes_get_opposite_reels(job: Job) -> None:
    """Each member's three own titles come first, which only the histories can tell."""
    ada, ben = (job.json("rank", member, "--asset", "demo") for member in MEMBERS)
    of_ada, of_ben = ([title["title_id"] for title in each["titles"]] for each in (ada, ben))
    assert set(of_ada[:3]) == set(of_ben[3:]) == {"harbor", "kestrel", "meridian"}
    assert not ada["cold_start"]
    assert job.json("rank", "a-stranger", "--asset", "demo")["cold_start"]


def test_titles_are_listed_with_their_clips(job: Job) -> None:
    """Names from the sheet, timecodes from the sequence."""
    first, second, *_ = job.json("titles", "demo")
    assert (first["title_id"], first["name"], first["clips"]) == ("harbor", "Harbor Lights", 14)
    assert (first["starts_at"], second["starts_at"]) == ("01:00:00:00", "01:00:40:00")


def test_versions_can_be_listed_compared_pinned_and_rolled_back(job: Job, tmp_path: Path) -> None:
    """On a catalog of its own: an asset published twice, with and without its title sheet."""
    catalog = ("--catalog", tmp_path / "catalog")
    publish = ("ingest", "mega.xml", "--asset", "demo", "--video", "mega.mp4", *catalog)
    job.run(*publish)
    job.run(*publish, "--titles", "titles.csv")
    first, second = job.json("catalog", "versions", *catalog)[-2:]
    assert (first["clips"], second["announced"]) == (84, True)
    (changed,) = job.json("catalog", "diff", first["version"], second["version"], *catalog)
    assert (changed["asset_id"], len(changed["titles_changed"])) == ("demo", len(TITLES))
    job.run("catalog", "pin", first["version"], *catalog)
    assert job.json("titles", "demo", *catalog)[0]["name"] == "harbor"
    job.run("catalog", "unpin", *catalog)
    assert job.json("titles", "demo", *catalog)[0]["name"] == "Harbor Lights"
    job.run("catalog", "rollback", *catalog)
    assert job.json("titles", "demo", *catalog)[0]["name"] == "harbor"
    sightings = job.json("catalog", "history", "harbor-clip-3", *catalog)
    assert [each["source"] for each in sightings] == [{"start": 320, "end": 400}]
    job.run("catalog", "announce", second["version"], *catalog)
    job.run("catalog", "gc", "--keep", 1, *catalog)
    assert [each["version"] for each in job.json("catalog", "versions", *catalog)] == [
        second["version"]
    ]
    job.run("catalog", "announce", 77, *catalog, code=2)


@pytest.fixture
def service(job: Job) -> Iterator[str]:
    """The address of a service in a process of its own.

    It has no API key yet, which it says at the start, in a line of its log too.
    """
    process = subprocess.Popen(
        [*SIZZLE, "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=job.folder,
        env=job.environment,
    )
    try:
        assert process.stderr is not None
        lines = list(_through(process.stderr, "No API key exists yet: your direct requests"))
        logged = [json.loads(line) for line in lines if line.startswith("{")]
        assert any("No API key exists yet" in line["message"] for line in logged)
        (serving,) = (line for line in lines if line.startswith("Serving "))
        yield serving.split()[1].removesuffix("/v1/reels;")
    finally:
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        process.stderr.close()
        assert process.wait(timeout=20) in (0, 130, -signal.SIGINT)


def _through(lines: Iterable[str], last: str) -> Iterator[str]:
    """The lines until one that begins so, which is among them."""
    for line in lines:
        yield line
        if line.startswith(last):
            return


def ask(address: str, body: dict[str, Any]) -> Any:  # noqa: ANN401
    """Request a reel or trailer; a reel comes with a token for its events, which is left out."""
    headers = {"Content-Type": "application/json"}
    request = Request(f"{address}/v1/reels", json.dumps(body).encode(), headers)
    with urlopen(request, timeout=20) as response:
        reel = json.load(response)
    assert ("event_token" in reel) == (reel["kind"] == "reel")
    return {name: value for name, value in reel.items() if name != "event_token"}


def test_the_service_gives_what_the_command_line_composes(job: Job, service: str) -> None:
    """Over a real socket, for every kind of cadence; and the plain trailer is a real film.

    The ids are the same too: the service replays what the command line composed.
    """
    for member in MEMBERS:
        composed = json.loads((job.folder / f"{member}.json").read_text())
        with urlopen(f"{service}/v1/reels/{composed['reel_id']}", timeout=20) as replayed:
            assert json.load(replayed) == {**composed, "member_id": ""}
    command = ("compose", member, "--asset", "demo", "--device-type", "tv", "--explain")
    body = {"member_id": member, "asset_id": "demo", "device": {"dynamic_sizzles": True}}
    for cadence in ("random", "autumn", "trio", "A:160 B:80 | A:80"):
        wanted = {**body, "cadence": cadence, "seed": 5, "context": {"device_type": "tv"}}
        reel = ask(service, {**wanted, "explain": True})
        expected = reel.pop("explanation")
        at = expected["context"]["at"]  # which the command is to rank for too
        composed = job.json(*command, "--cadence", cadence, "--seed", 5, "--at", at)
        explanation = composed.pop("explanation")
        assert composed == reel, cadence
        assert explanation["context"] == expected["context"]
        # The service may have read the history earlier: then sums are in another order.
        scores = [[t["score"] for t in each["titles"]] for each in (explanation, expected)]
        assert scores[0] == pytest.approx(scores[1], abs=1e-4)
    trailer = ask(service, {"member_id": "x", "asset_id": "demo"})
    with urlopen(f"{service}{trailer['href']}", timeout=20) as film:
        assert film.read() == (job.folder / "trailer.mp4").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("compose", "member-ada", "--asset", "nowhere"), 2, "nowhere"),
        (("compose", "member-ada", "--asset", "demo", "--cadence", "waltz"), 2, "waltz"),
        (("compose", "x", "--asset", "demo", "--cadence", "A:160 A:160 A:160"), 1, "has 2"),
        (("verify", "mega.xml", "member-ada.json"), 2, "mega.xml"),
        (("verify", "member-ada.mp4", "titles.csv"), 2, "Not a timecode list"),
        (("render", "member-ada.json", "--out", "no/such/folder.mp4"), 2, "no/such"),
        (("rank", "x", "--asset", "demo", "--model", "mega.xml"), 2, "mega.xml"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_says_what_to_do(
    job: Job, arguments: tuple[str, ...], code: int, says: str
) -> None:
    """No traceback, the right exit code, the offending value in the message."""
    answer = sizzle(*arguments, cwd=job.folder)
    assert answer.returncode == code
    assert says in answer.stderr
    assert "fix:" in answer.stderr
    assert "Traceback" not in answer.stderr
