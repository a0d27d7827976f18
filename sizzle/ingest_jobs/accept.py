"""From an upload to a job: everything that can be wrong with it at once is refused at once."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Final

from sizzle.catalog import Catalog
from sizzle.clips import checked_id
from sizzle.errors import InputError, PolicyError, ReusedKeyError
from sizzle.ingest import read_titles
from sizzle.ingest_jobs.job import IngestJob, JobFolder
from sizzle.ingest_jobs.job_store import JobStore
from sizzle.ingest_jobs.media_folder import MediaFolder
from sizzle.ingest_jobs.printable import display_name
from sizzle.ingest_jobs.records import IngestRequest
from sizzle.layout import Layout
from sizzle.timecode import FrameRate

FILES: Final = {
    "timeline": "timeline",
    "layout": "layout.toml",
    "titles": "titles.csv",
    "clips": "clips.csv",
    "markers": "markers",
}
"""The files of the form, and their names in the job's folder."""

FIELDS: Final = (
    "asset_id",
    "media",
    "bed",
    "bed_loops",
    "bed_fade",
    "trailer",
    "sequence",
    "rate",
)

Fields = Mapping[str, list[str]]
_FLAGS: Final = {"true": True, "false": False}
_LONGEST_FADE: Final = 24 * 3600 * 60  # frames: a day at 60 a second


class Upload:
    """An upload: files in a folder, and fields.

    Attributes:
        name: the timeline's file name at the editor's.
        fields: what was given, without empty fields.
        fingerprint: a hash of all files and fields.
    """

    def __init__(self, name: str, fields: Fields, fingerprint: str) -> None:
        self.name = display_name(name)
        self.fields = fields
        self.fingerprint = fingerprint

    def one(self, name: str) -> str | None:
        """A field's value, or None. Raises InputError where it is given twice."""
        values = self.fields.get(name, [])
        if len(values) > 1:
            raise InputError(f"{name} is given {len(values)} times.", fix="give it once.")
        return values[0] if values else None

    def flag(self, name: str) -> bool | None:
        """A field that is `true` or `false`, or None. Raises InputError."""
        value = self.one(name)
        if value is None or value in _FLAGS:
            return None if value is None else _FLAGS[value]
        raise InputError(f"{name} is {value[:80]!r}.", fix=f"give {name} as true or false.")

    def frames(self, name: str) -> int | None:
        """A field that is a number of frames, or None. Raises InputError."""
        value = self.one(name)
        if value is None:
            return None
        if not (value.isascii() and value.isdecimal() and int(value) <= _LONGEST_FADE):
            raise InputError(
                f"{name} is {value[:80]!r}.", fix=f"give {name} as a whole number of frames."
            )
        return int(value)


@dataclass(frozen=True)
class Acceptance:
    """Makes jobs of uploads."""

    jobs: JobStore
    media: MediaFolder
    catalog: Catalog

    def accept(self, folder: Path, upload: Upload, job_id: str) -> IngestJob:
        """Make an upload in a folder a job.

        Raises:
            SizzleError: a field, layout or sheet that cannot be used, or media that is not there.
            ReusedKeyError: the id is that of another upload.
            BusyError: too many jobs wait.
        """
        request = self._request(upload)
        _check_files(folder)
        job = self.jobs.find(job_id) or self.jobs.accept(folder, job_id, request)
        if job.request.fingerprint != request.fingerprint:
            raise ReusedKeyError(
                "The Idempotency-Key was used for another upload.",
                fix="use a new key for each upload; repeat a key only to repeat its upload.",
            )
        return job

    def _request(self, upload: Upload) -> IngestRequest:
        asset_id = upload.one("asset_id")
        if asset_id is None:
            raise InputError("The asset id is missing.", fix="give asset_id, the Mega Asset's id.")
        rate = upload.one("rate")
        if rate is not None:
            FrameRate.parse(rate)
        published = self.catalog.announced_asset(asset_id)
        request = IngestRequest(
            asset_id=checked_id(asset_id, "asset id"),
            timeline=upload.name,
            media=upload.one("media"),
            beds=tuple(upload.fields.get("bed", [])),
            bed_loops=upload.flag("bed_loops"),
            bed_fade=upload.frames("bed_fade"),
            trailer=upload.one("trailer"),
            sequence=upload.one("sequence"),
            rate=rate,
            created=time.time(),
            base=published.segment if published else "",
            fingerprint=upload.fingerprint,
        )
        for name in request.media_names:
            self.media.named(name)
        return request


def _check_files(folder: Path) -> None:
    """Read the layout and the sheets; errors name the uploaded file, not this machine's path."""
    try:
        layout = JobFolder(folder).layout
        if titles := JobFolder(folder).titles:
            read_titles(titles)
    except UnicodeDecodeError as error:
        raise PolicyError("The layout is not UTF-8.", fix="save it as UTF-8.") from error
    except InputError as error:
        where = error.where.replace(f"{folder}/", "")
        raise type(error)(f"{where}: {error.what}", where=where, fix=error.fix) from error
    _check_sheet(layout, folder)


def _check_sheet(layout: Layout, folder: Path) -> None:
    if (folder / "clips.csv").exists() and not layout.naming.sheet_file:
        raise PolicyError(
            "A clip sheet was sent, but the layout does not identify titles by sheet.",
            fix='set by = "sheet" in the layout\'s table [titles], or leave the sheet out.',
        )


def job_id_of(caller: str, key: str | None) -> str:
    """A new id; or the one id of a caller's Idempotency-Key, so that an upload counts once."""
    if key is None:
        return token_hex(16)
    return hashlib.sha256(json.dumps(["ingest", caller, key]).encode()).hexdigest()[:32]
