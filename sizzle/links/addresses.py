"""The paths at which reels and packaged media are found."""

from __future__ import annotations

from typing import Final

from sizzle.links.signing import Signing

MASTER: Final = "master.m3u8"
BED: Final = "bed.m3u8"
MANIFEST: Final = "manifest.mpd"
RANGES: Final = "ranges.json"
PLAYLIST: Final = ".m3u8"
"""The suffix of every playlist; a rendition's is its name and this."""


def address_of(reel_id: str, form: str = MASTER, signing: Signing | None = None) -> str:
    """The path of one form of a reel, such as `MASTER`; signed where `signing` is given."""
    path = f"/v1/reels/{reel_id}/{form}"
    return path if signing is None else signing.signed(path)


def film_address(reel_id: str, signing: Signing | None = None) -> str:
    """The path of a reel as one MP4; signed where `signing` is given."""
    path = f"/v1/reels/{reel_id}.mp4"
    return path if signing is None else signing.signed(path)


def media_address(
    package_id: str, signing: Signing | None = None, expires: int | None = None
) -> str:
    """The path of a package's media, relative to a reel's playlists at `/v1/reels/{reel_id}/...`.

    Args:
        package_id: of the packaged asset.
        signing: where addresses are signed.
        expires: when the playlist's own address expires, in seconds since 1970; its media expires
            with it. None where the playlist was asked for without a signature.
    """
    if signing is None or expires is None:
        return f"../../media/{package_id}"
    path = f"/v1/media/{package_id}"
    # Four steps up from a signed playlist is the root, where the signature of the media goes.
    return f"../../../../{signing.token(path, expires)}{path}"
