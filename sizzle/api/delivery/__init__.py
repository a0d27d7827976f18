"""Delivery to ordinary players: HLS, DASH, byte ranges for MSE, and one progressive MP4.

GET /v1/reels/{reel_id}/master.m3u8                              HLS
GET /v1/reels/{reel_id}/manifest.mpd                             DASH
GET /v1/reels/{reel_id}/ranges.json                              the timecode list with bytes
GET /v1/reels/{reel_id}.mp4                                      to one film, of today's package
GET /v1/reels/{reel_id}/{package_id}/{rendition}.m3u8, bed.m3u8  the HLS playlists of a package
GET /v1/reels/{reel_id}/{package_id}/iframes-{rendition}.m3u8    its key frames, for scrubbing
GET /v1/reels/{reel_id}/{package_id}/{rendition}.mp4             one film
GET /v1/media/{package_id}/{track}/init.mp4                      init segment
GET /v1/media/{package_id}/{track}/{fragment}/{slot}.m4s         a fragment at its place
GET /v1/media/{package_id}/{bed}/{fragment}/{slot}-{samples}.m4s the last fragment of the music
GET /v1/media/{package_id}/{track}.mp4                           the file, for byte ranges

What is cached for ever names the package, so that packaging again changes no such address; what
names the package that is played from now may be kept for a minute.
"""

from sizzle.api.delivery.routes import add_delivery

__all__ = ["add_delivery"]
