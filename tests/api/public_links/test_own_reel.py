"""The message shows the member's own reel: its picture, made once, and its cuts, for ever."""

from __future__ import annotations

import io
import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from player_stub import barcode
from sizzle.catalog import Catalog
from sizzle.clips import ClipIndex, Title
from sizzle.errors import NotFoundError
from sizzle.outbox.sent_messages import SentMessages
from sizzle.reel import TimecodeList
from sizzle.reel.replay import ReplayedReels
from tests.api.public_links.messages_app import MessagesApp, Sent
from tests.outreach.content.sample_messages import BASE


def shown_frame(service: MessagesApp, sent: Sent) -> int | None:
    """The number of the frame in the mail's first picture."""
    address = re.search(rf'src="{re.escape(BASE)}(/v1/stills/[^"]+)"', sent.mail.html)
    assert address is not None
    picture = service.client.get(unescape(address[1]))
    return barcode.read(np.asarray(Image.open(io.BytesIO(picture.content)).convert("L")))


def written(service: MessagesApp) -> dict[Path, int]:
    """All pictures, and when each was written."""
    return {path: path.stat().st_mtime_ns for path in service.made.root.glob("stills/*/*.jpg")}


def test_picture_is_of_the_first_cut_of_the_own_reel(service: MessagesApp) -> None:
    """By its barcode: ada's mail shows ada's reel, and ben's his."""
    frames = []
    for send_id, first in (("cc01", 0), ("cc02", 1)):
        reel = service.reel(first)
        frame = shown_frame(service, service.send(send_id, reel))
        source = reel.cuts[0].source.to_time_range()
        assert frame is not None
        assert source.start <= frame < source.end
        frames.append(frame)
    assert frames[0] != frames[1]


@pytest.mark.parametrize(
    "count", [100, pytest.param(10_000, marks=pytest.mark.full)], ids=["some", "ten thousand"]
)
def test_mails_make_no_pictures(count: int, service: MessagesApp) -> None:
    """However many mails are composed, no picture is added or written again."""
    before, reels = written(service), [service.reel(first) for first in range(3)]
    for number in range(count):
        service.send(f"cd{number:06x}", reels[number % 3], keep=False)
    assert written(service) == before


def test_reel_outlives_versions_of_its_asset(service: MessagesApp, tmp_path: Path) -> None:
    """After newer versions and a sweep the link replays the same cuts: the send holds them."""
    catalog, made = Catalog.open(tmp_path / "catalog"), service.made.index
    catalog.publish(ClipIndex(made.asset, made.titles, made.clips))
    reel = reel_of(service, catalog)
    service.send("ce01", reel)
    renamed = [Title(title.title_id, f"{title.name} 2") for title in made.titles]
    catalog.publish(ClipIndex(made.asset, renamed, made.clips))
    held = SentMessages(service.database).held_versions()
    assert held == {reel.asset_version}
    catalog.gc(keep=1, grace=0, held=held)
    again = ReplayedReels(service.ids, Catalog.open(tmp_path / "catalog"))
    assert again.get(reel.reel_id) == reel
    catalog.gc(keep=1, grace=0)
    with pytest.raises(NotFoundError):
        ReplayedReels(service.ids, Catalog.open(tmp_path / "catalog")).get(reel.reel_id)


def reel_of(service: MessagesApp, catalog: Catalog) -> TimecodeList:
    """A reel of the catalog's version."""
    version = catalog.index("demo").version
    reel_id = service.reel(0, version).reel_id
    return ReplayedReels(service.ids, catalog).get(reel_id)
