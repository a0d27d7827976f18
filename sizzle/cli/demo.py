"""The demo: the whole job, from an editor's timeline to verified personal reels, nothing mocked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.request import Request

import typer

from sizzle.cli.demo_loop import LoopFiles, show_loop
from sizzle.cli.demo_service import post_json, read_json, serving
from sizzle.cli.output import print_table, say
from sizzle.errors import SizzleError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from player_stub import Verification
    from ranker import Ranker
    from sizzle.catalog import Catalog
    from sizzle.reel import TimecodeList
    from sizzle.reel.compose import Composer

_ASSET = "demo"
_MEMBERS = ("member-ada", "member-ben")
_BED_FRAMES = 2000
_TIMEOUT = 10.0  # seconds for the service to start and to respond

Step = Callable[[str], None]
"""Says what is done next."""


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Where the demo's files are."""

    root: Path

    def __truediv__(self, name: str) -> Path:
        return self.root / name

    @property
    def video(self) -> Path:
        """The Mega Asset's media."""
        return self / "mega.mp4"

    @property
    def bed(self) -> Path:
        """Its music."""
        return self / "bed.wav"

    @property
    def trailer(self) -> Path:
        """Its plain trailer."""
        return self / "trailer.mp4"

    @property
    def timeline(self) -> Path:
        """The editor's export."""
        return self / "mega.xml"

    @property
    def titles(self) -> Path:
        """The sheet of titles."""
        return self / "titles.csv"

    @property
    def histories(self) -> Path:
        """Members' viewing histories."""
        return self / "histories.jsonl"

    @property
    def model(self) -> Path:
        """The ranker."""
        return self / "ranker.pt"

    @property
    def state(self) -> Path:
        """The state folder."""
        return self / "state"

    @property
    def catalog(self) -> Path:
        """The catalog."""
        return self / "catalog"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("demo-out"),
) -> None:
    """Run the whole job on generated media: timeline, index, ranker, service, reels, verification.

    A new member also watches, and her next reel has another order.

    Exits with 1 if a reel fails its verification.

    Example: `sizzle demo --out demo-out`
    """
    from sizzle.api.app import create_app
    from sizzle.api.reels.ranking_cache import Rankings
    from sizzle.cadence import STANDARD
    from sizzle.reel.compose import Composer
    from sizzle.reloading import Reloadable
    from sizzle.secret import kept_secret, reel_ids

    started = time.perf_counter()
    out.mkdir(parents=True, exist_ok=True)
    folder = DemoFolder(out)
    make_asset(folder, partial(_step, 1))
    catalog = publish_asset(folder, partial(_step, 2))
    ranker = train_ranker(folder, partial(_step, 3))
    ids = reel_ids(kept_secret(folder.state))
    now = time.time()  # for both, since rankings depend on the time
    reels = _compose(folder, catalog, Composer(ranker, STANDARD, ids), now)
    rankings = Reloadable(Rankings(ranker, clock=lambda: now))
    _compare_with_service(create_app(catalog, rankings, ids=ids), reels)
    _step(6, "Have a new member watch, and request her next reel")
    show_loop(
        LoopFiles(
            catalog, _ASSET, folder.model, folder.histories, folder.state, folder / "events.db"
        ),
    )
    verifications = [_render_and_verify(folder, reel) for reel in reels]
    _print_summary(folder, reels, verifications)
    say(f"Done in {time.perf_counter() - started:.0f} s; all files are in {out}/.")
    if not all(verification.passed for verification in verifications):
        raise typer.Exit(1)


def make_asset(folder: DemoFolder, step: Step) -> None:
    """Media, music, timeline and histories, as editors and members would produce them."""
    from fixtures.bed import write_bed
    from fixtures.histories import demo_histories
    from fixtures.media import write_mega_asset, write_trailer
    from fixtures.timeline import write_demo_timeline, write_title_sheet
    from fixtures.titles import DEMO_TITLES, demo_clips
    from ranker import write_histories
    from sizzle.cli.progress import progress_bar
    from sizzle.layout import DEFAULT, FrameSize

    clips = demo_clips()
    picture = FrameSize(640, 360)
    step(f"Generate a Mega Asset of {len(DEMO_TITLES)} titles and {len(clips)} clips")
    with progress_bar("Drawing and encoding", clips[-1].source.end) as advance:
        write_mega_asset(
            folder.video,
            DEMO_TITLES,
            clips,
            rate=DEFAULT.rate,
            size=(picture.width, picture.height),
            on_progress=advance,
        )
    write_bed(folder.bed, _BED_FRAMES, DEFAULT.rate)
    write_trailer(folder.trailer, folder.video, folder.bed, clips, rate=DEFAULT.rate)
    write_demo_timeline(folder.timeline, DEMO_TITLES, clips, picture)
    write_title_sheet(folder.titles, DEMO_TITLES)
    write_histories(folder.histories, demo_histories())


def publish_asset(folder: DemoFolder, step: Step) -> Catalog:
    """Read the timeline, check its structure, publish its index."""
    from sizzle.catalog import Catalog
    from sizzle.ingest import MediaFiles, build_index, inspect_timeline, read_titles
    from sizzle.layout import DEFAULT

    step(f"Ingest {folder.timeline}, check it and publish its index")
    inspection = inspect_timeline(folder.timeline, DEFAULT)
    timeline, checked = inspection.timeline, inspection.checked
    media = MediaFiles(folder.video, (folder.bed,), folder.trailer)
    titles = read_titles(folder.titles)
    catalog = Catalog.open(folder.catalog)
    catalog.publish(build_index(_ASSET, timeline, checked, media, titles))
    say(f"  {len(checked.clips)} clips, {len(checked.findings)} findings")
    return catalog


def train_ranker(folder: DemoFolder, step: Step) -> Ranker:
    """Train the ranker on members' histories."""
    from ranker import Ranker, read_histories
    from sizzle.cli.training import TrainingOptions, train_with_progress

    step("Train the ranker on viewing histories")
    report, _ = train_with_progress(TrainingOptions(folder.histories, folder.model))
    say(f"  {report['members']} members, validation loss {report['validation_loss']}")
    return Ranker.load(folder.model, read_histories(folder.histories))


def _compose(
    folder: DemoFolder, catalog: Catalog, composer: Composer, now: float
) -> list[TimecodeList]:
    """Step 4: rank the asset's titles for both members, and compose their reels."""
    from ranker import RequestContext
    from sizzle.cadence import DEFAULT
    from sizzle.files import write_text
    from sizzle.reel.ranking_time import ranking_time

    _step(4, f"Rank the titles for {' and '.join(_MEMBERS)}, and compose their reels")
    index = catalog.index(_ASSET)
    reels = [
        composer.compose(
            index,
            member,
            DEFAULT.name,
            request=RequestContext(at=ranking_time(member, now)),
        )
        for member in _MEMBERS
    ]
    for reel in reels:
        write_text(folder / f"{reel.member_id}.json", reel.model_dump_json(indent=2) + "\n")
        shown = dict.fromkeys(cut.title for cut in sorted(reel.cuts, key=lambda cut: cut.rank))
        say(f"  {reel.member_id}: {', '.join(shown)}")
    return reels


def _compare_with_service(app: FastAPI, reels: list[TimecodeList]) -> None:
    """Step 5: the service must respond with the same reels, and replay them by their ids."""
    _step(5, "Start the service and request both reels from it")
    with serving(app) as address:
        for reel in reels:
            expected = reel.model_dump(mode="json")
            if _post_reel(address, reel.member_id) != expected:
                raise SizzleError(f"The service responded with another reel for {reel.member_id}.")
            # An id says nothing of the member.
            if _get_reel(address, reel.reel_id) != {**expected, "member_id": ""}:
                raise SizzleError(f"The service replayed another reel for {reel.member_id}.")
    say("  the same timecode lists, cut for cut, and again by their ids")


def _render_and_verify(folder: DemoFolder, reel: TimecodeList) -> Verification:
    """Step 7: render the reel, then verify every frame of it and its audio."""
    import player_stub
    from sizzle.cli.progress import progress_bar

    film = folder / f"{reel.member_id}.mp4"
    _step(7, f"Render {film}, verify it and draw its contact sheet")
    media = player_stub.ReelMedia(folder.video, folder.bed)
    with progress_bar("Rendering") as advance:
        player_stub.render_reel(reel, media, film, on_progress=advance)
    verification = player_stub.verify_film(reel, film, media)
    player_stub.draw_contact_sheet(reel, film, folder / f"{reel.member_id}.png")
    return verification


def _post_reel(address: str, member_id: str) -> dict[str, Any]:
    body = {"member_id": member_id, "asset_id": _ASSET, "device": {"dynamic_sizzles": True}}
    return post_json(f"{address}/v1/reels", body)


def _get_reel(address: str, reel_id: str) -> dict[str, Any]:
    return read_json(Request(f"{address}/v1/reels/{reel_id}"))  # noqa: S310


def _step(number: int, what: str) -> None:
    say(f"[{number}/7] {what}")


def _print_summary(
    folder: DemoFolder, reels: list[TimecodeList], verifications: list[Verification]
) -> None:
    for reel, verification in zip(reels, verifications, strict=True):
        rows = [
            (check.name, "passed" if check.passed else "FAILED", check.measured, check.required)
            for check in verification.checks
        ]
        title = f"{reel.member_id}: {len(reel.cuts)} cuts, {reel.duration.frame} frames"
        print_table(title, ("check", "result", "measured", "required"), rows)
    files = [
        ("Mega Asset", folder.video),
        ("music bed", folder.bed),
        ("editor's timeline", folder.timeline),
        ("catalog", folder.catalog),
        ("ranker", folder.model),
        ("log of events", folder / "events.db"),
    ]
    for member in _MEMBERS:
        files += [
            (f"{member}'s timecode list", folder / f"{member}.json"),
            (f"{member}'s reel", folder / f"{member}.mp4"),
            (f"{member}'s contact sheet", folder / f"{member}.png"),
        ]
    print_table("Files", ("what", "file"), files)
