"""Reel ids: all that replays a reel, sealed, so that nothing has to be stored for it.

An id is base64url of a seal and a recipe. The recipe says which clips of which version of an asset
play, by their positions: a reel of 15 cuts has an id of some 150 characters, one of 600 cuts 1,700
to 2,800. The seal is an HMAC of the recipe, cut to 96 bits, so that an id cannot be made or changed
without the key. An id says nothing of the member, as caches keep addresses and logs hold them.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from sizzle.clips import Index
from sizzle.errors import NotFoundError, ReelError
from sizzle.mac import Mac
from sizzle.reel import Cut, Reel
from sizzle.timecode import TimeRange

MAX_LENGTH: Final = 6000
"""Characters: proxies between the service and players refuse longer addresses."""

_SEAL = 12  # bytes
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_HASHED, _NAMED = b"#", b"="  # the first byte of a packed version


class Recipe(msgspec.Struct, array_like=True, frozen=True):
    """What replays a reel.

    Attributes:
        version: of the asset's index, as from `packed_version`.
        cadence: its name.
        model: its version.
        seed: as in the reel.
        cold_start: as in the reel.
        bed: the bed's position among the asset's.
        titles: positions in the asset of the titles that play, best rank first.
        cuts: two numbers per cut: its rank, from 0, times two, plus one where a segment begins;
            and its clip's number within the title.
    """

    version: bytes
    cadence: str
    model: str
    seed: int
    cold_start: bool
    bed: int
    titles: tuple[int, ...]
    cuts: tuple[int, ...]

    @property
    def asset_version(self) -> str:
        """The version as in the index."""
        kind, name = self.version[:1], self.version[1:]
        return name.hex() if kind == _HASHED else name.decode()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Recipe)


class ReelIds:
    """Makes reel ids, and reads them.

    Args:
        key: secret; an id that was made with another key names no reel.
    """

    def __init__(self, key: bytes) -> None:
        self._mac = Mac(key)

    def of(self, reel: Reel, index: Index) -> str:
        """The id of a reel of this index. Raises ReelError: its id would be too long."""
        return self.seal(recipe_of(reel, index))

    def seal(self, recipe: Recipe) -> str:
        """The id of a recipe; equal recipes have equal ids. Raises ReelError: it is too long."""
        data = _encoder.encode(recipe)
        reel_id = urlsafe_b64encode(self._seal_of(data) + data).rstrip(b"=").decode()
        if len(reel_id) > MAX_LENGTH:
            raise ReelError(
                f"A reel of {len(recipe.cuts) // 2} cuts is too long: its id would have "
                f"{len(reel_id)} characters, of at most {MAX_LENGTH}.",
                fix="use a cadence with fewer slots.",
            )
        return reel_id

    def read(self, reel_id: str) -> Recipe:
        """What replays a reel.

        Raises:
            NotFoundError: not an id made with this key, or one that was changed.
        """
        data = _decoded(reel_id)
        seal, recipe = data[:_SEAL], data[_SEAL:]
        if not hmac.compare_digest(seal, self._seal_of(recipe)):
            raise no_such_reel(reel_id)
        try:
            return _decoder.decode(recipe)
        except msgspec.MsgspecError as error:  # sealed, but in the form of an earlier version
            raise no_such_reel(reel_id) from error

    def _seal_of(self, data: bytes) -> bytes:
        return self._mac.digest(data)[:_SEAL]


def recipe_of(reel: Reel, index: Index) -> Recipe:
    """What replays a reel of an index."""
    titles = {cut.rank: cut.title.title_id for cut in reel.cuts}
    return Recipe(
        version=packed_version(reel.asset_version),
        cadence=reel.cadence,
        model=reel.model_version,
        seed=reel.seed,
        cold_start=reel.cold_start,
        bed=[bed.bed_id for bed in reel.asset.beds].index(reel.bed.bed_id),
        titles=tuple(index.position_of(titles[rank]) for rank in sorted(titles)),
        cuts=tuple(_packed(reel.cuts)),
    )


def packed_version(version: str) -> bytes:
    """A version in as few bytes as possible: half as many where it is a hash."""
    if _HASH.fullmatch(version):
        return _HASHED + bytes.fromhex(version)
    return _NAMED + version.encode()


def replay(recipe: Recipe, index: Index) -> Reel:
    """The reel of a recipe, with an empty `member_id`.

    Raises:
        NotFoundError: a title or clip that the index does not have.
        ReelError: a promise broken.
    """
    cuts = tuple(_cuts(recipe, index))
    return Reel(
        member_id="",
        asset=index.asset,
        asset_version=index.version,
        cadence=recipe.cadence,
        model_version=recipe.model,
        seed=recipe.seed,
        cold_start=recipe.cold_start,
        cuts=cuts,
        bed=index.asset.beds[recipe.bed],
        bed_range=TimeRange(0, cuts[-1].record.end),
    )


def no_such_reel(reel_id: str) -> NotFoundError:
    """The error for an id that names no reel."""
    return NotFoundError(
        f"There is no reel {reel_id[:120]!r}.",
        fix="use an id from POST /v1/reels or `sizzle compose`.",
    )


def _packed(cuts: Iterable[Cut]) -> Iterator[int]:
    segment = 0
    for cut in cuts:
        yield (cut.rank - 1) * 2 + (cut.segment != segment)
        yield cut.clip.number
        segment = cut.segment


def _cuts(recipe: Recipe, index: Index) -> Iterator[Cut]:
    titles = [index.titles[position] for position in recipe.titles]
    numbers = iter(recipe.cuts)
    start = segment = 0
    for packed, number in zip(numbers, numbers, strict=True):
        rank, begins = divmod(packed, 2)
        segment += begins
        clip = index.clip(f"{titles[rank].title_id}-clip-{number}")
        yield Cut(clip, titles[rank], rank + 1, segment, TimeRange.of(start, clip.length))
        start += clip.length


def _decoded(reel_id: str) -> bytes:
    """The bytes of an id; of several spellings of the same bytes only the canonical one counts."""
    try:
        data = urlsafe_b64decode(reel_id + "=" * (-len(reel_id) % 4))
    except ValueError as error:
        raise no_such_reel(reel_id) from error
    if len(reel_id) > MAX_LENGTH or urlsafe_b64encode(data).rstrip(b"=").decode() != reel_id:
        raise no_such_reel(reel_id)
    return data
