"""An upload as browsers send it, for clients that send bytes."""

from __future__ import annotations

from typing import Final

from tests.api.ingests.ingest_app import LAYOUT

_BOUNDARY: Final = "a-boundary-of-these-tests"
CONTENT_TYPE: Final = f"multipart/form-data; boundary={_BOUNDARY}"


def upload_form(fields: dict[str, str], timeline: bytes) -> bytes:
    """The body of an upload."""
    files = {"timeline": ("export.xml", timeline), "layout": ("layout.toml", LAYOUT.encode())}
    begin = f"--{_BOUNDARY}\r\ncontent-disposition: form-data"
    parts = [
        f'{begin}; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()
    ]
    for name, (file, content) in files.items():
        head = f'{begin}; name="{name}"; filename="{file}"'
        parts.append(f"{head}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()
