"""From an upload to a job: everything that can be wrong with it at once is said at once."""

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
from sizzle.ingest_jobs.job import Job
from sizzle.ingest_jobs.job_store import Jobs
from sizzle.ingest_jobs.media_folder import MediaFolder
from sizzle.ingest_jobs.printable import shown_name
from sizzle.ingest_jobs.publish import announced
from sizzle.ingest_jobs.records import Ask
from sizzle.layout import Layout
from sizzle.timecode import FrameRate

FILES: Final = {
    "timeline": "timeline",
    "layout": "layout.toml",
    "titles": "titles.csv",
    "clips": "clips.csv",
}
"""What each file of the form is called in the job's folder."""

FIELDS: Final = ("asset_id", "media", "bed", "trailer", "sequence", "rate")

Fields = Mapping[str, list[str]]


class Upload:
    """Files in a folder, and fields.

    Attributes:
        name: what the timeline is called where it comes from.
        fields: what was given, without what was left empty.
        fingerprint: of all of it: the same files and fields give the same.
    """

    def __init__(self, name: str, fields: Fields, fingerprint: str) -> None:
        self.name = shown_name(name)
        self.fields = fields
        self.fingerprint = fingerprint

    def one(self, name: str) -> str | None:
        """A field's value, or None. Raises InputError where it is given twice."""
        values = self.fields.get(name, [])
        if len(values) > 1:
            raise InputError(f"{name} is given {len(values)} times.", fix="give it once.")
        return values[0] if values else None


@dataclass(frozen=True)
class Accepting:
    """Makes jobs of uploads."""

    jobs: Jobs
    media: MediaFolder
    catalog: Catalog

    def accept(self, folder: Path, upload: Upload, job_id: str) -> Job:
        """Make an upload in a folder a job.

        Raises:
            SizzleError: a field, layout or sheet that cannot be used, or media that is not there.
            ReusedKeyError: the id is that of another upload.
            BusyError: too many jobs wait.
        """
        ask = self._ask(upload)
        self._check_files(folder, upload)
        Job(folder).record("ask.json", ask)
        Job(folder).events.add("queued")
        job = self.jobs.find(job_id) or self.jobs.accept(folder, job_id)
        if job.ask.fingerprint != ask.fingerprint:
            raise ReusedKeyError(
                "The Idempotency-Key came with another upload before.",
                fix="use a new key for each upload, and the same only to repeat one.",
            )
        return job

    def _ask(self, upload: Upload) -> Ask:
        asset_id = upload.one("asset_id")
        if asset_id is None:
            raise InputError("No asset is named.", fix="give asset_id, the Mega Asset's id.")
        rate = upload.one("rate")
        if rate is not None:
            FrameRate.parse(rate)
        media, trailer = upload.one("media"), upload.one("trailer")
        beds = upload.fields.get("bed", [])
        for name in filter(None, (media, *beds, trailer)):
            self.media.named(name)
        published = announced(self.catalog, asset_id)
        return Ask(
            asset_id=checked_id(asset_id, "asset id"),
            timeline=upload.name,
            media=media,
            beds=tuple(beds),
            trailer=trailer,
            sequence=upload.one("sequence"),
            rate=rate,
            created=time.time(),
            base=published.segment if published else "",
            fingerprint=upload.fingerprint,
        )

    def _check_files(self, folder: Path, upload: Upload) -> None:
        """Read the layout and the sheets, whose errors name the upload and no path of ours."""
        try:
            layout = Job(folder).layout
            if titles := Job(folder).titles:
                read_titles(titles)
        except UnicodeDecodeError as error:
            raise PolicyError("The layout is no UTF-8.", fix="save it as UTF-8.") from error
        except InputError as error:
            place = error.where.replace(f"{folder}/", "")
            raise type(error)(f"{place}: {error.what}", where=place, fix=error.fix) from error
        _check_sheet(layout, folder)


def _check_sheet(layout: Layout, folder: Path) -> None:
    if (folder / "clips.csv").exists() and not layout.naming.sheet_file:
        raise PolicyError(
            "A sheet of clips was sent, but the layout does not name titles by one.",
            fix='set by = "sheet" in the layout\'s table [titles], or leave the sheet out.',
        )


def job_id_of(caller: str, key: str | None) -> str:
    """A new id; or of a caller's Idempotency-Key the one id, so that no upload counts twice."""
    if key is None:
        return token_hex(16)
    return hashlib.sha256(json.dumps(["ingest", caller, key]).encode()).hexdigest()[:32]
