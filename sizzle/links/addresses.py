"""The paths at which reels and packaged media are found."""

from __future__ import annotations

from typing import Final

from sizzle.links.signing import Signing

MASTER: Final = "master.m3u8"
MANIFEST: Final = "manifest.mpd"
RANGES: Final = "ranges.json"


def address_of(reel_id: str, form: str = MASTER, signing: Signing | None = None) -> str:
    """The path of one form of a reel, such as `MASTER`; signed where `signing` is given."""
    path = f"/v1/reels/{reel_id}/{form}"
    return path if signing is None else signing.signed(path)


def film_address(
    reel_id: str, package_id: str, rendition: str, signing: Signing | None = None
) -> str:
    """The path of a reel as one MP4 of a package; signed where `signing` is given."""
    path = f"/v1/reels/{reel_id}/{package_id}/{rendition}.mp4"
    return path if signing is None else signing.signed(path)


def media_address(
    package_id: str, signing: Signing | None = None, expires: int | None = None, *, depth: int = 0
) -> str:
    """The path of a package's media, relative to a reel's texts at `/v1/reels/{reel_id}/...`.

    Args:
        package_id: of the packaged asset.
        signing: where addresses are signed.
        expires: when the text's own address expires, in seconds since 1970; its media expires
            with it. None where the text's address is not signed.
        depth: folders between `/v1/reels/{reel_id}/` and the text.
    """
    up = "../" * depth
    if signing is None or expires is None:
        return f"{up}../../media/{package_id}"
    path = f"/v1/media/{package_id}"
    # Four steps up from a signed text is the root, where the signature of the media goes.
    return f"{up}../../../../{signing.token(path, expires)}{path}"


def still_address(name: str) -> str:
    """The path of a picture of a clip, which is never signed: it is to be found for years."""
    return f"/v1/stills/{name}.jpg"
