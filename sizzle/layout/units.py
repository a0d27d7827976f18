"""Clips as the editor meant them: the pieces of a razor cut are one clip, and a copy is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sizzle.clips import ClipKey
from sizzle.layout.naming_marker import NamingMarker
from sizzle.layout.timeline import Item, frames_left_out, frames_shown

_MOST_PIECES = 40  # clips that are looked at behind one that is too short


@dataclass(frozen=True, slots=True)
class Label:
    """What names a clip, before anything is inferred.

    Attributes:
        title_id: of its title, or None where nothing names it.
        number: within its title, or None where only its place says it.
        marker: that names it, where markers do.
    """

    title_id: str | None = None
    number: int | None = None
    marker: NamingMarker | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A clip of a title, or something that is none.

    Attributes:
        pieces: the items that are left of it: one, or more where it was cut in two.
        key: its own, one that its neighbours show, or None.
        marker: that names it, or None.
        copy_of: the clip that shows the same frames, where this is its pasted copy.
        hole: frames between its pieces that something else covers.
        named: whether its key is its own.
    """

    pieces: tuple[Item, ...]
    key: ClipKey | None = None
    marker: NamingMarker | None = None
    copy_of: ClipKey | None = None
    hole: int = 0
    named: bool = False

    @property
    def item(self) -> Item:
        """Its first piece."""
        return self.pieces[0]

    @property
    def start(self) -> int:
        """Its first frame."""
        return self.pieces[0].record.start

    @property
    def length(self) -> int:
        """Its frames, those that are covered among them."""
        return sum(piece.record.duration for piece in self.pieces) + self.hole

    @property
    def end(self) -> int:
        """The first frame behind it."""
        return self.pieces[-1].record.end

    @property
    def shown(self) -> int:
        """Its frames that are there."""
        return self.length - self.hole

    @property
    def called(self) -> str:
        """Its key, or else its name."""
        return str(self.key) if self.key else self.item.name


def units_of(
    clips: Sequence[Item], labels: Sequence[Label], run: Sequence[int], lengths: Sequence[int]
) -> list[Unit]:
    """The units of a track, in timeline order.

    Args:
        clips: of the track, by start.
        labels: of each.
        run: the lengths of a title's clips, or empty where titles may differ.
        lengths: all lengths that a clip can have.
    """
    copies = dict(_copies(clips, labels))
    joiner = _Joiner(clips, labels, run, lengths, copies)
    units: list[Unit] = []
    own_labels: list[Label] = []
    joined = set[int]()
    for index in range(len(clips)):
        if index in joined:
            continue
        if index in copies:
            units.append(Unit((clips[index],), copy_of=copies[index]))
            own_labels.append(Label())
            continue
        pieces, hole = joiner.pieces_from(index)
        joined.update(pieces)
        label = labels[index]
        own = tuple(clips[piece] for piece in pieces)
        units.append(Unit(own, None, label.marker, hole=hole))
        own_labels.append(label)
    return _with_keys(units, own_labels, run)


def _copies(clips: Sequence[Item], labels: Sequence[Label]) -> Iterator[tuple[int, ClipKey]]:
    """Clips that nothing names, and that show what a named one shows; and those named the same."""
    originals: dict[tuple[str, int, int], Label] = {}
    first: dict[tuple[str, int, int], int] = {}
    for index, (item, label) in enumerate(zip(clips, labels, strict=True)):
        shown = frames_shown(item)
        if shown and label.title_id and shown not in originals:
            originals[shown] = label
            first[shown] = index
    for index, (item, label) in enumerate(zip(clips, labels, strict=True)):
        shown = frames_shown(item)
        original = originals.get(shown) if shown else None
        if shown is None or original is None or first[shown] == index:
            continue
        same = (label.title_id, label.number) == (original.title_id, original.number)
        if label.title_id is None or (same and label.marker is None):
            assert original.title_id
            yield index, ClipKey(original.title_id, original.number or 1)


@dataclass(frozen=True, slots=True)
class _Joiner:
    """Finds the pieces of a clip that a razor cut, or something edited into it, has parted."""

    clips: Sequence[Item]
    labels: Sequence[Label]
    run: Sequence[int]
    lengths: Sequence[int]
    copies: Mapping[int, ClipKey]

    def pieces_from(self, index: int) -> tuple[list[int], int]:
        """The indexes of a clip's pieces, and the frames between them that are covered."""
        wanted = self._wanted(index)
        pieces, hole, between = [index], 0, 0
        total = self.clips[index].record.duration
        for other in range(index + 1, min(index + _MOST_PIECES, len(self.clips))):
            if not wanted or total >= max(wanted):
                break
            last, item = self.clips[pieces[-1]], self.clips[other]
            beside = other == pieces[-1] + 1
            missing = self._frames_taken_out(index, last, item) if beside else 0
            ways = (0, between, missing)
            covered = next((frames for frames in ways if follows(last, item, frames)), None)
            if other in self.copies or (covered is None and self.labels[other].title_id is None):
                between += item.record.duration
                continue
            if covered is None or not self._may_join(index, other):
                break
            pieces.append(other)
            hole, between = hole + covered, 0
            total += item.record.duration + covered
            if total in wanted:
                return pieces, hole
        return [index], 0

    def _frames_taken_out(self, index: int, before: Item, after: Item) -> int:
        """Frames of a clip that are missing between two neighbours, where that is certain enough.

        A gap of just so many frames shows it, or a name that only the first of the two has.
        """
        missing = frames_left_out(before, after) or 0
        label = self.labels[index]
        certain = label.marker is not None or bool(label.number and self.run)
        gap = after.record.start - before.record.end
        return missing if missing > 0 and (certain or gap == missing) else 0

    def _may_join(self, index: int, other: int) -> bool:
        """Whether nothing says that another clip begins there."""
        one, label = self.labels[index], self.labels[other]
        named = (label.title_id, label.number) == (one.title_id, one.number)
        return label.marker is None and (label.title_id is None or named)

    def _wanted(self, index: int) -> set[int]:
        """The lengths that the whole clip may have; none where it is not too short."""
        label, length = self.labels[index], self.clips[index].record.duration
        if label.title_id is None:
            return set()
        if label.number and self.run:
            right = self.run[label.number - 1] if label.number <= len(self.run) else 0
            return {right} if length < right else set()
        return (
            set()
            if length in self.lengths
            else {longer for longer in self.lengths if longer > length}
        )


def follows(before: Item, item: Item, covered: int = 0) -> bool:
    """Whether an item shows on where the one before it ends, as before a cut was made."""
    one, other = frames_shown(before), frames_shown(item)
    if one is None or other is None or one[0] != other[0]:
        return False
    alike = before.speed == item.speed == 1 and before.kind == item.kind
    return alike and other[1] == one[1] + one[2] + covered


def _with_keys(units: Sequence[Unit], labels: Sequence[Label], run: Sequence[int]) -> list[Unit]:
    """The same units with their keys: their own, or what their neighbours show."""
    own = _own_keys(labels)
    kept = [index for index, unit in enumerate(units) if unit.copy_of is None]
    inferred = infer([own[index] for index in kept], len(run))
    keys = dict(zip(kept, inferred, strict=True))
    return [
        replace(unit, key=keys.get(index), named=own[index] is not None)
        for index, unit in enumerate(units)
    ]


def _own_keys(labels: Sequence[Label]) -> list[ClipKey | None]:
    """The keys that labels give; those without a number are counted."""
    counts: Counter[str] = Counter()
    keys: list[ClipKey | None] = []
    for label in labels:
        if label.title_id is None:
            keys.append(None)
            continue
        counts[label.title_id] += 1
        keys.append(ClipKey(label.title_id, label.number or counts[label.title_id]))
    return keys


def infer(keys: Sequence[ClipKey | None], most: int) -> list[ClipKey | None]:
    """Fill in missing keys by counting down from the next one, else up from the one before.

    Args:
        keys: in timeline order.
        most: the clips that a title has, or 0 where titles may differ.
    """
    taken = {key for key in keys if key}
    filled = list(keys)
    for position in reversed(range(len(filled) - 1)):
        filled[position] = filled[position] or _neighbour(filled[position + 1], -1, taken, most)
    for position in range(1, len(filled)):
        filled[position] = filled[position] or _neighbour(filled[position - 1], +1, taken, most)
    return filled


def _neighbour(key: ClipKey | None, step: int, taken: set[ClipKey], most: int) -> ClipKey | None:
    """The key `step` away in the same title, unless another clip has it, or the title is full."""
    if key is None or key.number + step < 1 or 0 < most < key.number + step:
        return None
    neighbour = ClipKey(key.title_id, key.number + step)
    if neighbour in taken:
        return None
    taken.add(neighbour)
    return neighbour
