"""A service with the marketer's desk, whose people sign in."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import URL, delete

from ranker import Ranking
from sizzle.accounts import Attempts, Passwords, Sessions, Users
from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.browser_sessions import BrowserSessions
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyReloader, KeyStore
from sizzle.api.auth.oidc_sign_in import OidcSignIn
from sizzle.api.ingest_service import IngestService
from sizzle.api.middleware.idempotency_store import IdempotencyStore
from sizzle.api.outreach_service import (
    ContentService,
    MemberPreviews,
    MemberReels,
    MemberService,
    SendingService,
)
from sizzle.api.sign_in import People
from sizzle.catalog import Catalog, Reader
from sizzle.database import Database, database_url
from sizzle.database.account_tables import SESSIONS, SIGN_IN_ATTEMPTS, USERS
from sizzle.drafting import Stores
from sizzle.eventlog import EventLog
from sizzle.jobs import Crash, run_job
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.members import Members
from sizzle.outreach.content.parts import Sender
from sizzle.outreach_jobs import JobKind, JobSources, OutreachJobs
from sizzle.outreach_jobs.jobs import JobFolder
from sizzle.outreach_jobs.run_job import run
from sizzle.packager import Packages
from sizzle.packager.folder import CURRENT
from sizzle.reel import TimecodeList
from sizzle.reel.ids import ReelIds
from sizzle.secret import outreach_tokens
from sizzle.sending.clock import Clock
from sizzle.sending.inbound import InboundRecorder
from tests.api.alphabetical_reels import alphabetically
from tests.api.editors_jobs import jobs_in
from tests.api.sample_service import KEY, Alphabetical, catalog_in
from tests.packager.packaged_asset import Made

PASSWORD = "correct horse battery"
MARKETER = (ApiScope.OUTREACH_READ, ApiScope.OUTREACH_WRITE)
CADENCE = "A:80 B:40 C:40 | A:40 B:40"
SENDER = Sender("Sizzle Films", mail="films@example.com", postal_address="1 Film Row, Lille")
HERE = "http://127.0.0.1:8000"
_FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')
_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')

NEVER = Crash(1, {}, {})
_passwords = Passwords(kibibytes=64)  # a three-hundredth of what the service takes


@dataclass
class DeskService:
    """The service, and what is behind it.

    Attributes:
        time: what the clock of sessions shows, in seconds; None for the real time.
    """

    folder: Path
    app: FastAPI
    database: Database
    users: Users
    sources: JobSources
    jobs: OutreachJobs
    people: People
    members: MemberService
    keys: KeyReloader
    time: list[float]

    def user(self, address: str, *scopes: ApiScope) -> None:
        """Create a user with the password, which ends the open mode."""
        KeyFile(self.folder).require()
        self.keys.refresh()
        self.users.create(address, "", scopes or MARKETER, PASSWORD, 0)

    def forget_people(self) -> None:
        """Remove all users, sessions and failed attempts, and set the clock right."""
        self.time[0] = 0.0
        self.database.upgrade_once()
        with self.database.writing() as connection:
            for table in (USERS, SESSIONS, SIGN_IN_ATTEMPTS):
                connection.execute(delete(table))

    def run_jobs(self) -> None:
        """Run all jobs that wait, in this process."""

        def start(folder: Path) -> str:
            run(JobFolder(folder), self.sources)
            return ""

        for job in self.jobs.waiting():
            assert run_job(self.jobs.queue, job.row, start, NEVER)
            self.jobs.forget_upload(job.job_id)

    def import_file(self, text: str, source: str = "import") -> str:
        """Import members from a file; returns the job's id."""
        arguments = {"app": "outreach", "country": "", "source": source, "allow_erased": False}
        with self.jobs.incoming() as folder:
            (folder / "upload").write_text(text, encoding="utf-8")
            job = self.jobs.accept(folder, JobKind.IMPORT, arguments, "user:ada@example.com")
        self.run_jobs()
        return job.job_id

    def browser(self, address: str = "") -> Visitor:
        """A browser at which somebody has signed in, or nobody."""
        visitor = Visitor(self.app)
        if address:
            assert visitor.sign_in(address).status_code == 303
        return visitor


def _packages(made: Made, reader: Reader, folder: Path) -> Path:
    """The packages of an asset, found under the version at which it was published here."""
    root = folder / "packages"
    (root / CURRENT).mkdir(parents=True)
    for each in made.root.iterdir():
        if each.name != CURRENT:
            (root / each.name).symlink_to(each)
    package_id = (made.root / CURRENT / made.index.version).read_text()
    (root / CURRENT / reader.index("demo").version).write_text(package_id)
    return root


class Visitor(TestClient):
    """A browser on this machine: it keeps cookies, names its origin, and follows nothing."""

    def __init__(self, app: FastAPI, address: str = HERE) -> None:
        headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
        super().__init__(
            app, address, client=("127.0.0.1", 1), headers=headers, follow_redirects=False
        )

    def form_token(self, path: str) -> str:
        """The token in the first form of a page."""
        found = _TOKEN.search(self.get(path).text)
        assert found is not None, path
        return found[1]

    def submit(self, path: str, at: str, **fields: str) -> Response:
        """Send a form to a path, with the token of the page at which it is."""
        return self.post(path, data={"form_token": self.form_token(at), **fields})

    def press(self, page: str, action: str, **typed: str) -> Response:
        """Fill in the form of a page that leads to an action, and send it."""
        text = self.get(page).text
        form = text[text.index(f'action="{action}"') :].partition("</form>")[0]
        fields = {name: html.unescape(value) for name, value in _FIELD.findall(form)}
        return self.post(action, data={**fields, **typed})

    def sign_in(self, address: str, password: str = PASSWORD, **fields: str) -> Response:
        """Sign in by the form."""
        values = {"address": address, "password": password, **fields}
        return self.submit("/sign-in", "/sign-in", **values)


@contextmanager
def desk_service(
    folder: Path,
    *,
    uploads: bool = False,
    made: Made | None = None,
    url: URL | None = None,
    provider: OidcSignIn | None = None,
    access: Mapping[str, Any] | None = None,
) -> Iterator[DeskService]:
    """The service in the open mode; its first user ends it.

    Args:
        folder: for all of its files.
        uploads: whether it takes files of editors.
        made: a packaged asset, whose reels pages then show.
        url: of the database; by default SQLite in the folder.
        provider: with which people may sign in.
        access: further options of the access middleware.
    """
    database = Database(url or database_url(folder))
    log = EventLog(database, KEY)
    names = AddressHash(KEY)
    jobs = OutreachJobs.open(folder / "outreach", database)
    sources = JobSources(folder, str(folder / "catalog"), folder / "ranker.pt")
    keys = KeyReloader(KeyStore(KeyFile(folder)))
    users = Users(database, _passwords)
    now = [0.0]
    clock: Callable[[], float] = lambda: now[0] or time.time()  # noqa: E731
    sessions = BrowserSessions(Sessions(database, 12 * 3_600_000, 2 * 3_600_000), clock)
    people = People(users, Attempts(database), sessions, keys, clock, provider)
    catalog = catalog_in(folder) if made is None else Catalog.open(folder / "catalog")
    if made is not None:
        catalog.publish(made.index)
    reader = catalog.reader()
    packages = Packages(_packages(made, reader, folder), reader) if made is not None else None

    def two_people() -> bool:
        return users.count() > 1

    def newest(member_id: str, asset_id: str) -> TimecodeList:
        index = reader.index(asset_id or "demo")
        return alphabetically(index, member_id, CADENCE, 1)

    def ranked(member_id: str, asset_id: str) -> tuple[TimecodeList, Ranking]:
        reel = newest(member_id, asset_id)
        return reel, Alphabetical().rank(member_id, sorted({cut.title_id for cut in reel.cuts}))

    reels = MemberReels(newest, packages) if made is not None else None
    previews = MemberPreviews(ranked, reels, outreach_tokens(KEY), SENDER) if reels else None
    members = MemberService(database, log, names, jobs, None, clock)
    app = create_app(
        reader,
        Alphabetical(),
        packages,
        member_reels=reels,
        member_previews=previews,
        ids=ReelIds(KEY),
        ingests=IngestService(jobs_in(folder), catalog, alphabetically) if uploads else None,
        members=members,
        content=ContentService(
            Stores(database), clock, two_people, profile=Members(database, names).profile
        ),
        sending=SendingService(
            database, InboundRecorder(database, log, names, Clock()), two_people=two_people
        ),
        options=ServiceOptions(
            keys=keys,
            access={"rate": 1e9, **(access or {})},
            people=people,
            idempotency=IdempotencyStore(database),
        ),
    )
    yield DeskService(folder, app, database, users, sources, jobs, people, members, keys, now)
    log.close()
