"""A device, as a program of its own: plays a reel's stream, and says what it has shown.

It knows what a back end passes on, an address and a token, and has no API key. Run with a JSON
object: `base`, `stream`, `token`, `film` (where to write what it plays), `events`. Prints JSON.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

_Response = tuple[int, dict[str, str], bytes]


def main() -> None:
    """Play, send events, and print what came of all that."""
    wanted = json.loads(sys.argv[1])
    base = wanted["base"]
    film, statuses, cached = _play(base + wanted["stream"])
    Path(wanted["film"]).write_bytes(film)
    events = f"{base}/v1/events"
    report = {
        "statuses": statuses,
        "cached": cached,
        "recorded": [
            _post(events, {"events": wanted["events"], "token": token})
            for token in (wanted["token"], wanted["token"], f"{wanted['token'][:-4]}AAAA")
        ],
        "without_token": _post(events, {"events": wanted["events"]})[0],
        "reel_without_key": _post(f"{base}/v1/reels", wanted["reel"])[0],
        "unsigned": _get(f"{base}{re.sub('^/~[^/]+', '', wanted['stream'])}")[0],
    }
    sys.stdout.write(json.dumps(report))


def _play(address: str) -> tuple[bytes, list[int], list[str]]:
    """The first variant's film, the statuses of all requests, and what the cache said of media."""
    responses = [_get(address)]
    master = responses[0][2].decode()
    audio = re.findall(r'TYPE=AUDIO.*URI="([^"]+)"', master)
    film = b""
    for uri in [_lines(master)[0], *audio]:
        playlist_address = urljoin(address, uri)
        responses.append(_get(playlist_address))
        playlist = responses[-1][2].decode()
        parts = [*re.findall(r'EXT-X-MAP:URI="([^"]+)"', playlist), *_lines(playlist)]
        media = [_get(urljoin(playlist_address, part)) for part in parts]
        film = film or b"".join(body for _, _, body in media)
        responses += media
    cached = [headers["x-cache"] for _, headers, _ in responses if "x-cache" in headers]
    return film, [status for status, _, _ in responses], cached


def _lines(playlist: str) -> list[str]:
    return [line for line in playlist.splitlines() if line and not line.startswith("#")]


def _post(address: str, body: Any) -> tuple[int, Any]:  # noqa: ANN401 - any JSON
    status, _, answer = _get(address, json.dumps(body).encode())
    return status, json.loads(answer)


def _get(address: str, body: bytes | None = None) -> _Response:
    headers = {"content-type": "application/json"} if body else {}
    try:
        with urlopen(Request(address, body, headers), timeout=30) as response:
            names = {name.lower(): value for name, value in response.headers.items()}
            return response.status, names, response.read()
    except HTTPError as error:
        return error.code, {}, error.read()


if __name__ == "__main__":
    main()
