"""From an asset and its media to its package: all renditions and beds, and the segment map."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from sizzle import process
from sizzle.clips import Index, MegaAsset
from sizzle.errors import NotFoundError
from sizzle.hls import Codec, SegmentMap, SegmentMapError, bed_name, to_bytes
from sizzle.media.checked import checked_video
from sizzle.media.digest import check_digest, unchanged, whole_digest
from sizzle.media.gate import Normalised, normalised
from sizzle.packager import folder as folders
from sizzle.packager.beds import encode_bed, read_bed
from sizzle.packager.encode import Encoding, encoders_of
from sizzle.packager.errors import PackageError
from sizzle.packager.key_plan import KeyPlan, clips_of, plan_keys
from sizzle.packager.ladder import DEFAULT_CODECS, DEFAULT_LADDER, LadderStep, ladder_for
from sizzle.packager.progress import Progress
from sizzle.packager.renditions import encode_renditions
from sizzle.packager.scan import scan
from sizzle.packager.source import check_bed, check_source
from sizzle.packager.stills import make_stills
from sizzle.packager.tracks import check_alike, rendition_of

_FORMAT = 3  # raised when the encoder is given other options, so that other packages are made
_VERSION_DIGITS, _KEY_DIGITS = 20, 12


@dataclass(frozen=True, slots=True)
class PackageSettings:
    """How an asset is packaged.

    Attributes:
        ladder: heights in pixels; those above the media's are left out.
        codecs: of the renditions; H.264 is among them.
        encoding: quality and effort.
        loop_beds_to: the least length in frames of beds that loop: that of the longest reel.
        size: width and height that the media must have; None where they are not known.
    """

    ladder: Sequence[int] = DEFAULT_LADDER
    encoding: Encoding = field(default_factory=Encoding)
    codecs: Sequence[Codec] = DEFAULT_CODECS
    loop_beds_to: int = 7_200
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Packaged:
    """A package.

    Attributes:
        folder: that holds it.
        segment_map: of its fragments.
        unchanged: whether it existed before, so that nothing was done.
    """

    folder: Path
    segment_map: SegmentMap
    unchanged: bool

    @property
    def map_bytes(self) -> bytes:
        """The content of the segment map's file."""
        return to_bytes(self.segment_map)


def package(
    index: Index,
    root: Path,
    settings: PackageSettings | None = None,
    *,
    on_progress: Progress | None = None,
) -> Packaged:
    """Package an asset: encode its media and beds once, for every reel of it.

    The same index, media and settings give the same package, which is made once: a second call does
    nothing, unless the package has no stills, as those of earlier versions. A call that was
    interrupted is continued by the next one. A package is played only after it is complete and
    checked.

    Args:
        index: of the asset; names its video and beds.
        root: the folder of all packages.
        settings: the defaults where None.
        on_progress: called with the frames done, from another thread.

    Raises:
        InputError: no fragments can be planned for the clips, or a folder cannot be written.
        MediaError: the media or a bed cannot be used, does not match the index, is not the file
            that was published, or was changed meanwhile.
        FfmpegError: the ffmpeg to use lacks something.
        ProcessError: ffmpeg failed.
        PackageError: another program is making the package at this moment.
        FragmentError: what was encoded is not what was planned.
    """
    settings = settings or PackageSettings()
    files = [Path(index.asset.video), *(Path(bed.media) for bed in index.asset.beds)]
    with unchanged(*files) as check_unchanged:
        packaged = _packaged(index, root, settings, on_progress, check_unchanged)
    folders.make_current(root, index.version, packaged.folder.name)
    return packaged


def _packaged(
    index: Index,
    root: Path,
    settings: PackageSettings,
    on_progress: Progress | None,
    check_unchanged: Callable[[], None],
) -> Packaged:
    keys = plan_keys(index)
    video = Path(index.asset.video)
    source = checked_video(video)
    check_source(source, index.asset, video, settings.size)
    for bed in index.asset.beds:
        check_bed(Path(bed.media), bed, keys.rate)
    _check_digests(index.asset)
    pictures = normalised(source)
    steps = ladder_for(*pictures.size, settings.ladder, settings.codecs)
    key = _key(index, keys, steps, settings)
    name = f"{index.version[:_VERSION_DIGITS]}-{key}"
    packaged = _finished(root, name, index)
    if packaged is None:
        # One that cannot be used is refused before anything is written.
        process.ffmpeg(*encoders_of({step.codec for step in steps}))
        making = _made_folder(folders.making_folder(root, name))
        with _locked(making):
            _share_files(root, making, key)
            job = _Packaging(index, making, pictures, keys, steps, settings)
            packaged = job.run(root, name, on_progress, check_unchanged)
    make_stills(root, packaged.folder, packaged.segment_map, index)
    folders.make_current(root, index.version, packaged.folder.name)
    return packaged


@dataclass(frozen=True, slots=True)
class _Packaging:
    """A package to be made, and all that it is made from."""

    index: Index
    folder: Path
    pictures: Normalised
    keys: KeyPlan
    steps: Sequence[LadderStep]
    settings: PackageSettings

    def run(
        self,
        root: Path,
        name: str,
        on_progress: Progress | None,
        check_unchanged: Callable[[], None],
    ) -> Packaged:
        """Make what is missing, check everything, write the map, and give it its id."""
        asset, encoding, loop_to = self.index.asset, self.settings.encoding, self._loop_to
        for bed in asset.beds:
            encode_bed(self.folder, Path(bed.media), bed, self.keys, encoding, loop_to)
        encode_renditions(
            self.folder,
            Path(asset.video),
            self.steps,
            self.pictures,
            self.keys,
            encoding,
            on_progress,
        )
        files = [f"{step.name}.mp4" for step in self.steps]
        files += [f"{bed_name(bed.bed_id)}.mp4" for bed in asset.beds]
        package_id = folders.package_id_of(self.folder, name, files)
        segment_map = self._checked(package_id)
        check_unchanged()
        self._remove_others(files)
        folders.write_map(self.folder, segment_map)
        folders.move_into_place(self.folder, root / package_id)
        return Packaged(root / package_id, segment_map, unchanged=False)

    def _remove_others(self, files: Sequence[str]) -> None:
        """Remove leftovers of earlier runs."""
        for path in self.folder.iterdir():
            if path.name not in files:
                path.unlink()

    @property
    def _loop_to(self) -> int:
        return self.settings.loop_beds_to

    def _checked(self, package_id: str) -> SegmentMap:
        asset, keys = self.index.asset, self.keys
        files = {step: self.folder / f"{step.name}.mp4" for step in self.steps}
        renditions = tuple(
            rendition_of(scan(path), step, keys, path) for step, path in files.items()
        )
        check_alike(renditions)
        segment_map = SegmentMap(
            package_id=package_id,
            asset_id=asset.asset_id,
            asset_version=self.index.version,
            rate=keys.rate,
            fragment=keys.fragment,
            starts=keys.starts,
            renditions=renditions,
            beds=tuple(read_bed(self.folder, bed, keys, self._loop_to) for bed in asset.beds),
        )
        segment_map.check_clips(clips_of(self.index))
        return segment_map


def _key(
    index: Index, keys: KeyPlan, steps: Sequence[LadderStep], settings: PackageSettings
) -> str:
    """A digest of all inputs and settings, and so a name for what the files hold."""
    asset = index.asset
    content = {
        "format": _FORMAT,
        "video": whole_digest(Path(asset.video)),
        "beds": [
            [bed.bed_id, bed.duration, bed.loops, bed.fade, whole_digest(Path(bed.media))]
            for bed in asset.beds
        ],
        "keys": asdict(keys),
        "steps": [_identity(step, "codec") for step in steps],
        "encoding": _identity(settings.encoding, "av1_preset", "av1_crf"),
        "loop_beds_to": settings.loop_beds_to,
    }
    text = json.dumps(content, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:_KEY_DIGITS]


def _identity(settings: LadderStep | Encoding, *added: str) -> dict[str, Any]:
    """All settings, but for those added later that are the defaults.

    Packages that were made before these existed keep their names, and are not made anew.
    """
    defaults = {one.name: one.default for one in fields(settings)}
    return {
        name: value
        for name, value in asdict(settings).items()
        if name not in added or value != defaults[name]
    }


def _check_digests(asset: MegaAsset) -> None:
    """Check that the files are those that were published, whole: all of them is read anyway."""
    name = asset.asset_id
    check_digest(Path(asset.video), asset.digest, f"the video of {name}", whole=True)
    for bed in asset.beds:
        check_digest(Path(bed.media), bed.digest, f"bed {bed.bed_id} of {name}", whole=True)


def _made_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PackageError(
            f"It cannot be written to: {error.strerror}.", where=str(folder), fix="check the path."
        ) from error
    return folder


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock a folder against other packagers; the lock ends with this process, however it ends."""
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PackageError(
                "Another program is making this package.",
                where=str(folder),
                fix="wait for it to end.",
            ) from None
        yield
    finally:
        os.close(descriptor)


def _finished(root: Path, name: str, index: Index) -> Packaged | None:
    """The newest complete package of a name."""
    for folder in folders.made_folders(root, name):
        with suppress(NotFoundError, PackageError, SegmentMapError):
            segment_map = folders.read_map(folder)
            segment_map.check_clips(clips_of(index))
            return Packaged(folder, segment_map, unchanged=True)
    return None


def _share_files(root: Path, making: Path, key: str) -> None:
    """Share the files of packages with the same content: of other versions, or damaged ones.

    Each is checked before it is used.
    """
    for folder in folders.made_folders(root, f"*-{key}"):
        for path in folder.glob("*.mp4"):
            with suppress(OSError):  # it exists, or the file system has no links: encode it
                (making / path.name).hardlink_to(path)
