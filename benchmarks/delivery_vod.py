"""The peer that other services run: kaltura's nginx-vod-module, in its mapped mode.

It cuts plain MP4 files on the fly, by times in whole milliseconds, as a document says that it asks
for with each reel. It has to be built by hand (https://github.com/kaltura/nginx-vod-module), so it
is measured where its module is given.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from benchmarks.nginx import Nginx, free_port, running
from sizzle import process
from sizzle.packager import Packaged
from sizzle.reel import TimecodeList

_TIMEOUT = 600.0
_CONFIGURATION = """
load_module {module};
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections 64; }}
http {{
    access_log off;
    sendfile on;
    keepalive_requests 1000000;
    open_file_cache max=100 inactive=10m;
    client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    vod_mode mapped;
    vod_upstream_location /map;
    vod_metadata_cache metadata 256m;
    vod_mapping_cache mapping 16m;
    vod_response_cache response 16m;
    vod_max_mapping_response_size 1m;
    vod_segment_duration {segment};
    vod_align_segments_to_key_frames on;
    vod_hls_container_format fmp4;
    server {{
        listen 127.0.0.1:{port};
        location /vod/ {{ vod hls; }}
        # The module asks another server for the documents.
        location /map/vod/ {{ proxy_pass http://unix:{folder}/maps.sock:/; }}
    }}
    server {{
        listen unix:{folder}/maps.sock;
        location / {{ alias {folder}/maps/; }}
    }}
}}
"""


MUXED = ("index-f1-v1-f2-a1.m3u8",)
"""The playlist that it gives by itself: picture and sound in the same segments."""

APART = ("index-f1-v1.m3u8", "index-f2-a1.m3u8")
"""The sound as a rendition of its own, as ours is."""


def play(get: Callable[[str], bytes], reel: str, playlists: Sequence[str]) -> None:
    """Ask for all that a player asks for."""
    master = f"/vod/{reel}.json/master.m3u8"
    get(master)
    for playlist in playlists:
        base = urljoin(master, playlist)
        text = get(base).decode()
        init = text.split('URI="')[1].split('"')[0]
        segments = [line for line in text.splitlines() if line and line[0] != "#"]
        for uri in (init, *segments):
            get(urljoin(base, uri))


@contextmanager
def vod_serving(
    module: Path, reel: TimecodeList, packaged: Packaged, folder: Path, copies: int
) -> Iterator[Nginx]:
    """Serve a reel of a packaged asset's largest rendition by the module.

    Args:
        module: the built `ngx_http_vod_module.so`, of the version of nginx that is installed.
        reel: what plays.
        packaged: the same media that we play it from.
        folder: to write to.
        copies: under how many names, so that each can be played as if for the first time.
    """
    (folder / "maps").mkdir(parents=True)
    mapping = json.dumps(_mapping(reel, *_plain(packaged, folder)))
    for copy in range(copies):
        (folder / "maps" / f"{copy}.json").write_text(mapping, encoding="ascii")
    segment = round(float(packaged.segment_map.renditions[0].fragment_seconds) * 1000)
    port = free_port()
    configuration = _CONFIGURATION.format(module=module, folder=folder, port=port, segment=segment)
    with running(configuration, folder, port) as server:
        yield server


def _plain(packaged: Packaged, folder: Path) -> tuple[Path, Path]:
    """The rendition and the bed as files with an index, which the module needs."""
    tracks = packaged.segment_map.renditions[0], packaged.segment_map.beds[0]
    films = folder / "video.mp4", folder / "bed.mp4"
    for track, film in zip(tracks, films, strict=True):
        command = [process.ffmpeg(), "-nostdin", "-loglevel", "error", "-y"]
        command += ["-i", str(packaged.folder / track.file), "-c", "copy", str(film)]
        process.run(command, timeout=_TIMEOUT)
    return films


def _mapping(reel: TimecodeList, video: Path, bed: Path) -> dict[str, object]:
    rate = reel.rate.to_frame_rate()

    def milliseconds(frame: int) -> int:
        return round(rate.seconds(frame) * 1000)

    pictures, sounds, durations = [], [], []
    for cut in reel.cuts:
        start, record = (milliseconds(each.start.frame) for each in (cut.source, cut.record))
        duration = milliseconds(cut.record.stop.frame) - record
        durations.append(duration)
        pictures.append(_clip(video, start, duration))
        sounds.append(_clip(bed, record, duration))
    return {
        "durations": durations,
        "discontinuity": False,
        "sequences": [{"clips": pictures}, {"clips": sounds}],
    }


def _clip(path: Path, start: int, duration: int) -> dict[str, object]:
    return {"type": "source", "path": str(path), "clipFrom": start, "clipTo": start + duration}
