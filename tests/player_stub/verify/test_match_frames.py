"""Films of footage without barcodes: every planted fault is named, and clean ones pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from player_stub import ReelMedia, RenderSettings, Verification, render_reel, verify_film
from sizzle.reel.timecode_list import TimecodeList
from tests.player_stub import synthetic
from tests.player_stub.verify import filmed_media
from tests.player_stub.verify.checks import check_named
from tests.player_stub.verify.filmed_media import Footage

pytestmark = pytest.mark.first
CUTS = {"pan": 0, "grain": 80, "still": 200, "creep": 40, "figure": 120, "dark": 160}
"""The source frame at which the reel's cuts start, in their order, by what moves in them."""

Plant = Callable[[list[int]], list[int]]


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    """Media with shots of every kind."""
    return filmed_media.make_footage(tmp_path_factory.mktemp("footage"))


@pytest.fixture(scope="module")
def media(footage: Footage) -> ReelMedia:
    """The same as a reel's media."""
    return ReelMedia(footage.video, footage.bed)


@pytest.fixture(scope="module")
def reel() -> TimecodeList:
    """Six cuts of 40 frames, one of each kind."""
    return synthetic.reel_of(*((start, start + 40) for start in CUTS.values()))


def failed(proof: Verification) -> set[str]:
    """The names of the checks that failed."""
    return {check.name for check in proof.checks if not check.passed}


@pytest.mark.parametrize(
    ("crf", "preset"),
    [
        pytest.param(16, "medium", marks=pytest.mark.full),
        pytest.param(23, "veryfast", marks=pytest.mark.full),
        (34, "ultrafast"),
    ],
)
def test_clean_films_pass(
    footage: Footage, media: ReelMedia, reel: TimecodeList, tmp_path: Path, crf: int, preset: str
) -> None:
    """However roughly it was encoded. What moves is matched, what is frozen is ambiguous."""
    numbers = reel.source_frames()
    film = filmed_media.encode_again(footage, tmp_path / "f.mp4", numbers, crf=crf, preset=preset)
    proof = verify_film(reel, film, media)
    assert failed(proof) == set()
    counts = proof.proofs
    assert counts["exact"] == 0
    assert counts["matched"] >= 40  # the pan at least
    assert counts["ambiguous"] >= 40  # the frozen picture at least
    assert sum(counts.values()) == 240


@pytest.mark.parametrize("keys", [12, pytest.param(48, marks=pytest.mark.full)])
def test_pictures_that_a_coarse_encoder_holds_are_no_fault(
    footage: Footage, media: ReelMedia, tmp_path: Path, keys: int
) -> None:
    """Where only grain moves, it repeats a picture for half a second and catches up at a key frame.

    Frames in between are closest to those before the cut, which they were not made from.
    """
    reel = synthetic.reel_of((70, 83), (133, 155), (185, 198), (326, 347), (408, 423), (440, 457))
    pictures = (footage.pictures[number] for number in reel.source_frames())
    every = range(0, reel.duration.frame, keys)
    film = filmed_media.encode(tmp_path / "f.mp4", pictures, every, crf=28, preset="ultrafast")
    proof = verify_film(reel, film, media)
    assert proof.faults == ()


@pytest.mark.parametrize(
    "settings",
    [
        RenderSettings(),
        pytest.param(RenderSettings(reencode=True), marks=pytest.mark.full),
        RenderSettings(size=(240, 240), burn_in=True),
        pytest.param(RenderSettings(title_cards=True), marks=pytest.mark.full),
    ],
    ids=["copied", "reencode", "size and burn-in", "title cards"],
)
def test_our_own_films_pass(
    media: ReelMedia, reel: TimecodeList, tmp_path: Path, settings: RenderSettings
) -> None:
    """However they were rendered: copied to the bit, smaller, or with text over them."""
    film = render_reel(reel, media, tmp_path / "film.mp4", settings).path
    proof = verify_film(reel, film, media)
    assert failed(proof) == set()
    assert proof.proofs["exact"] == (0 if settings.encodes_all else 240)


def test_smart_cuts_pass(media: ReelMedia, tmp_path: Path) -> None:
    """Copied frames are exact, those encoded around them matched or equal, and none is wrong."""
    reel = synthetic.reel_of((5, 73), (130, 150), (217, 290))
    made = render_reel(reel, media, tmp_path / "film.mp4")
    proof = verify_film(reel, made.path, media)
    assert failed(proof) == set()
    assert proof.proofs["exact"] == reel.duration.frame - made.encoded > 0
    assert proof.proofs["unmatched"] == 0


def at(move: str) -> int:
    """Where a kind's cut starts in the reel."""
    return 40 * list(CUTS).index(move)


def drop(move: str) -> Plant:
    """One frame of a cut is not shown."""
    return lambda n: [*n[: at(move) + 20], *n[at(move) + 21 :]]


def double(move: str) -> Plant:
    """One frame of a cut is shown twice."""
    return lambda n: [*n[: at(move) + 21], *n[at(move) + 20 :]]


def swap(move: str) -> Plant:
    """Two frames of a cut change places."""
    a = at(move) + 20
    return lambda n: [*n[:a], n[a + 1], n[a], *n[a + 2 :]]


def slip(move: str, by: int) -> Plant:
    """A cut shows other frames of the media than it should."""
    a = at(move)
    return lambda n: [*n[:a], *(frame + by for frame in n[a : a + 40]), *n[a + 40 :]]


FAULTS = [
    ("drop", drop("pan"), "missing at record frame 20"),
    ("double", double("pan"), "duplicated at record frame 20"),
    ("swap", swap("pan"), "swapped at record frame 20"),
    ("late", slip("pan", 1), "late at record frame 0"),
    ("wrong clip", slip("pan", 280), "wrong clip at record frame 0"),
    ("drop figure", drop("figure"), "missing at record frame 180"),
    ("swap figure", swap("figure"), "swapped at record frame 180"),
    ("early figure", slip("figure", -1), "early at record frame 160"),
    ("early grain", slip("grain", -1), "early at record frame 40"),
    ("late grain", slip("grain", 1), "late at record frame 40"),
    ("early still", slip("still", -1), "early at record frame 80"),
    ("late still", slip("still", 1), "late at record frame 80"),
    ("early creep", slip("creep", -1), "early at record frame 120"),
    ("late dark", slip("dark", 1), "late at record frame 200"),
    ("wrong clip dark", slip("dark", 240), "wrong clip at record frame 200"),
    ("one short", lambda n: n[:-1], "missing at record frame 239"),
]


SAMPLE = {"drop", "double", "swap", "late", "wrong clip", "one short"}
"""Those that are planted each time; the others only where there is time."""


@pytest.mark.parametrize(
    ("plant", "message"),
    [
        pytest.param(*rest, id=name, marks=() if name in SAMPLE else pytest.mark.full)
        for name, *rest in FAULTS
    ],
)
def test_names_planted_faults(
    footage: Footage,
    media: ReelMedia,
    reel: TimecodeList,
    tmp_path: Path,
    plant: Plant,
    message: str,
) -> None:
    """Each is one fault, at its frame, in words; also a cut off by one whose frames are all alike.

    Of such a cut only the last or first frame, which is of the next shot, gives it away.
    """
    numbers = plant(reel.source_frames())
    proof = verify_film(
        reel, filmed_media.encode_silent(footage, tmp_path / "f.mp4", numbers), media
    )
    (fault,) = proof.faults
    assert str(fault).startswith(message)


@pytest.mark.parametrize("plant", [drop, double])
def test_counts_what_cannot_be_seen(
    footage: Footage,
    media: ReelMedia,
    reel: TimecodeList,
    tmp_path: Path,
    plant: Callable[..., Plant],
) -> None:
    """A frame lost from a frozen picture, or added to it, is found in that cut by the count."""
    numbers = plant("still")(reel.source_frames())
    proof = verify_film(
        reel, filmed_media.encode_silent(footage, tmp_path / "f.mp4", numbers), media
    )
    (fault,) = proof.faults
    assert fault.kind == ("missing" if plant is drop else "duplicated")
    assert at("still") <= fault.record_frame < at("still") + 40
    assert "frame count" in failed(proof)


def test_does_not_claim_what_cannot_be_seen(
    footage: Footage, media: ReelMedia, reel: TimecodeList, tmp_path: Path
) -> None:
    """Two frames of a frozen picture that changed places are no fault, and not called proved."""
    numbers = swap("still")(reel.source_frames())
    proof = verify_film(
        reel, filmed_media.encode_silent(footage, tmp_path / "f.mp4", numbers), media
    )
    assert proof.faults == ()
    assert proof.proofs["ambiguous"] >= 40
    assert "indistinguishable from a neighbouring frame" in check_named(proof, "frames").measured


def test_names_another_clip_that_was_copied(
    media: ReelMedia, reel: TimecodeList, tmp_path: Path
) -> None:
    """A wrong clip of the right length, bit for bit from elsewhere in the media, is named."""
    other = synthetic.reel_of(
        *((280, 320) if start == 40 else (start, start + 40) for start in CUTS.values())
    )
    film = render_reel(other, media, tmp_path / "film.mp4").path
    proof = verify_film(reel, film, media)
    (fault,) = proof.faults
    assert str(fault).startswith("wrong clip at record frame 120")
    assert fault.found == "[280, 320)"
    assert proof.proofs["exact"] == 240


def test_names_the_next_clip_where_the_right_one_should_be(
    footage: Footage, media: ReelMedia, tmp_path: Path
) -> None:
    """Its first frames are near the right place, most is not: all of it is of another clip."""
    reel = synthetic.reel_of((120, 160), (40, 80))
    numbers = [*range(160, 200), *range(40, 80)]
    film = filmed_media.encode_silent(footage, tmp_path / "f.mp4", numbers, crf=18)
    (fault,) = verify_film(reel, film, media).faults
    assert str(fault).startswith("wrong clip at record frame 0")
    assert fault.found == "[160, 200)"


def test_names_another_clip_of_the_same_place(
    footage: Footage, media: ReelMedia, tmp_path: Path
) -> None:
    """Nobody walks through it: all but a hundredth of each picture is as it should be."""
    reel = synthetic.reel_of((360, 400), (0, 40))
    numbers = [*range(320, 360), *range(40)]
    film = filmed_media.encode_silent(footage, tmp_path / "f.mp4", numbers)
    (fault,) = verify_film(reel, film, media).faults
    assert str(fault).startswith("wrong clip at record frame 0")
    assert fault.found == "[320, 360)"


def test_names_pictures_that_are_of_nothing(
    footage: Footage, media: ReelMedia, reel: TimecodeList, tmp_path: Path
) -> None:
    """Colour bars instead of frames are found nowhere in the media."""
    pictures = [footage.pictures[number].copy() for number in reel.source_frames()]
    for picture in pictures[20:25]:
        picture[:] = 128
        picture[:180, ::40] = 235
    film = filmed_media.encode(tmp_path / "f.mp4", pictures, {0})
    proof = verify_film(reel, film, media)
    assert [fault.kind for fault in proof.faults] == ["unrecognised"]
    assert (proof.faults[0].record_frame, proof.faults[0].frames) == (20, 5)
