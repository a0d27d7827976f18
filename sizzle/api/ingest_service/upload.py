"""An upload, taken in piece by piece and refused as soon as it is too large.

Either a form (`multipart/form-data`), or the timeline by itself with the fields in the query.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import BinaryIO, ClassVar

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from sizzle.errors import InputError, SizzleError, TooLargeError
from sizzle.ingest_jobs.accept import FIELDS, FILES, Fields, Upload
from sizzle.ingest_jobs.limits import JobLimits

_LONGEST_FIELD = 1000
_MOST_FIELDS = 40
_PIECE = 1 << 20
_FRAMING = 64 << 10  # bytes of a form that are neither file nor field


class SlowUploadError(SizzleError):
    """An upload that did not end in time."""

    status: ClassVar[int] = 408
    slug: ClassVar[str] = "slow-upload"
    title: ClassVar[str] = "The upload took too long"


class InterruptedUploadError(SizzleError):
    """An upload whose client has left."""

    slug: ClassVar[str] = "interrupted-upload"
    title: ClassVar[str] = "Interrupted upload"


async def receive(request: Request, folder: Path, limits: JobLimits) -> Upload:
    """Take in a request's body, within the time there is for it.

    Raises:
        TooLargeError: the body, a file or a field is too large.
        InputError: a form that is malformed, or has no timeline.
        SlowUploadError: it took too long.
        InterruptedUploadError: the client has left.
    """
    try:
        async with asyncio.timeout(limits.upload_time):
            if request.headers.get("content-type", "").startswith("multipart/form-data"):
                return await _form(request, folder, limits)
            return await _raw(request, folder, limits)
    except TimeoutError:
        raise SlowUploadError(
            f"The upload took over {limits.upload_time:g} seconds.",
            fix="send it over a faster connection, or a smaller file.",
        ) from None
    except ClientDisconnect:
        raise InterruptedUploadError("The upload was interrupted.", fix="send it again.") from None


async def _raw(request: Request, folder: Path, limits: JobLimits) -> Upload:
    path = folder / FILES["timeline"]
    with path.open("xb") as file:
        async for piece in _limited(request, limits.timeline):
            await run_in_threadpool(file.write, piece)
        if not file.tell():
            raise _no_timeline()
    query = request.query_params
    name = query.get("filename", "timeline")
    return await run_in_threadpool(_uploaded, folder, name, list(query.multi_items()))


async def _form(request: Request, folder: Path, limits: JobLimits) -> Upload:
    most = limits.timeline + limits.layout + 2 * limits.sheet + _FRAMING
    parser = MultiPartParser(
        request.headers,
        _limited(request, most),
        max_files=len(FILES),
        max_fields=_MOST_FIELDS,
        max_part_size=_LONGEST_FIELD,
    )
    try:
        form = await parser.parse()
        return await run_in_threadpool(_store, form, folder, limits)
    except MultiPartException as error:
        raise InputError(
            f"The form cannot be read: {error.message}", fix="send it as multipart/form-data."
        ) from error
    finally:
        # Of a form that breaks off in a file, the parser tells of that file nowhere else.
        for file in parser._files_to_close_on_error:
            file.close()


async def _limited(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """The body, as long as it is not too large."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise _too_large("The upload", most)
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            raise _too_large("The upload", most)
        yield piece


def _store(form: FormData, folder: Path, limits: JobLimits) -> Upload:
    """Put the form's files into the folder. Browsers send an empty file where none was chosen."""
    sizes = {"timeline": limits.timeline, "layout": limits.layout}
    fields: list[tuple[str, str]] = []
    name = ""
    for key, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields.append((key, value))
        elif key not in FILES:
            raise InputError(
                f"The form has no file field {key[:80]!r}.",
                fix=f"its file fields are {', '.join(FILES)}.",
            )
        elif value.size:
            name = (value.filename or name) if key == "timeline" else name
            if value.size > sizes.get(key, limits.sheet):
                raise _too_large(f"The {key}", sizes.get(key, limits.sheet))
            _copy(value.file, folder / FILES[key], key)
    if not (folder / FILES["timeline"]).exists():
        raise _no_timeline()
    return _uploaded(folder, name, fields)


def _copy(source: BinaryIO, path: Path, key: str) -> None:
    try:
        with path.open("xb") as file:
            shutil.copyfileobj(source, file, _PIECE)
    except FileExistsError:
        raise InputError(f"The form has two files {key}.", fix="send one.") from None


def _uploaded(folder: Path, name: str, pairs: list[tuple[str, str]]) -> Upload:
    fields: dict[str, list[str]] = {}
    for key, value in pairs:
        if len(value) > _LONGEST_FIELD:
            raise _too_large(f"The field {key[:80]}", _LONGEST_FIELD)
        if key in FIELDS and value:
            fields.setdefault(key, []).append(value)
    return Upload(name, fields, _fingerprint(folder, fields))


def _fingerprint(folder: Path, fields: Fields) -> str:
    digest = hashlib.sha256(json.dumps(fields, sort_keys=True).encode())
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _no_timeline() -> InputError:
    return InputError(
        "The upload has no timeline.",
        fix="send it as the file `timeline` of a form, or as the body.",
    )


def _too_large(what: str, most: int) -> TooLargeError:
    amount = f"{most >> 20} MiB" if most >> 20 else f"{most >> 10} KiB" if most >> 10 else most
    return TooLargeError(
        f"{what} is larger than {amount}.", fix="export the one sequence, not the whole project."
    )
