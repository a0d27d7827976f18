"""Workers that answer every request with their process id.

python -m tests.api.server.supervised FOLDER WORKERS

While the folder has a file `broken`, no worker can start; while it has one `slow`, none gets to it.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import STARTUP_FAILURE

from sizzle.api.server.workers import listen, serve, uvicorn_config
from sizzle.errors import SizzleError

FOLDER = "SUPERVISED_FOLDER"


def app() -> ASGIApp:
    """The application of a worker."""
    folder = Path(os.environ[FOLDER])
    if (folder / "broken").exists():
        sys.stderr.write("error: the folder is broken\n")
        sys.exit(STARTUP_FAILURE)
    while (folder / "slow").exists():
        time.sleep(0.05)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        if scope["path"] == "/crash":
            os._exit(7)
        body = str(os.getpid()).encode()
        headers = [(b"content-length", b"%d" % len(body)), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


def main() -> None:
    """Serve, and print the port."""
    from sizzle.api.server.settings import Settings  # which workers load this module without

    os.environ[FOLDER] = sys.argv[1]
    settings = Settings.read(port=0, workers=int(sys.argv[2]), state=Path(sys.argv[1]))
    bound = listen(settings)
    sys.stdout.write(f"{bound.getsockname()[1]}\n")
    sys.stdout.flush()
    try:
        serve(settings, uvicorn_config(settings, "tests.api.server.supervised:app"), bound)
    except SizzleError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
