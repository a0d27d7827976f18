"""Both databases behave alike: what is committed stays, and what cannot be is said."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, bindparam, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner, Result

import sizzle.database.database as module
from sizzle.cli.app import app
from sizzle.database import Database, DatabaseUnavailableError, database_url
from sizzle.database.metadata import METADATA
from sizzle.database.schema import APPS, ERASED_MEMBERS
from sizzle.database.upgrading import MIGRATIONS, target_of
from sizzle.errors import InputError

ROW = {"member_hash": b"\x00\xff", "erased": 2**41}


def run(*arguments: str) -> Result:
    """Run `sizzle` in this process."""
    return CliRunner().invoke(app, arguments)


def rows(database: Database) -> int:
    """How many rows are there."""
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(ERASED_MEMBERS)).scalar_one()


def test_the_migrations_make_the_tables_of_the_schema(url: URL) -> None:
    """Nothing is left that Alembic would change; the version is the last script's."""
    database = Database(url)
    assert database.version() == ""
    assert database.upgrade() is True
    assert database.upgrade() is False
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    scripts = ScriptDirectory(str(Path(module.__file__).parent / "migrations"))
    assert database.version() == scripts.get_current_head() == module.LATEST
    database.close()


def test_of_several_that_upgrade_at_once_one_does_the_work(url: URL) -> None:
    """As workers do that start together; none fails."""
    databases = [Database(url, patience=30) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(Database.upgrade, databases))
    assert sorted(done) == [False, False, False, True]
    for database in databases:
        database.close()


def test_a_transaction_is_committed_whole_or_not_at_all(url: URL) -> None:
    """An error in the block undoes what it wrote."""
    database = Database(url)
    database.upgrade()
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(insert(ERASED_MEMBERS), [ROW, ROW])
    assert rows(database) == 0
    with database.writing() as connection:
        connection.execute(insert(ERASED_MEMBERS), ROW)
    assert rows(database) == 1
    database.close()


def test_a_commit_is_durable(url: URL) -> None:
    """The settings that make it outlive a power cut are on, whatever the server's default."""
    database = Database(url)
    with database.reading() as connection:
        if url.drivername == "sqlite":
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        else:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
    database.close()


def test_one_that_others_hold_is_unavailable_soon(url: URL) -> None:
    """A writer does not wait for ever; once the other is done, it can write."""
    holder, database = Database(url), Database(url, patience=0.2)
    holder.upgrade()
    with holder.writing(), pytest.raises(DatabaseUnavailableError, match="others hold it"):  # noqa: SIM117
        with database.writing():
            pass
    with database.writing() as connection:
        connection.execute(insert(ERASED_MEMBERS), ROW)
    assert rows(holder) == 1
    holder.close()
    database.close()


def test_tables_that_only_newer_programs_can_live_with_are_not_touched(url: URL) -> None:
    """A program that was rolled back says so; with what was only added, it goes on."""
    database = Database(url)
    database.upgrade()
    for oldest, permitted in (("v0008", True), ("v9998", False)):
        with database.writing() as connection:
            change = "UPDATE alembic_version SET version_num = 'v9999', oldest_program = :oldest"
            connection.execute(text(change), {"oldest": oldest})
        if permitted:
            assert database.upgrade() is False
            assert database.version() == "v9999"
        else:
            with pytest.raises(InputError, match="v9998"):
                database.upgrade()
    database.close()


def test_each_migration_says_which_programs_it_permits() -> None:
    """As those of machines that are not upgraded yet go on meanwhile."""
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    silent = {script.revision for script in scripts if not hasattr(script.module, "oldest_program")}
    assert silent == {f"v{number:04}" for number in range(1, 8)}  # from before there was a rule


VERSIONS = [f"v{number:04}" for number in range(1, 9)]


@given(st.data())
def test_an_upgrade_goes_as_far_as_the_former_program_can_live_with(data: st.DataObject) -> None:
    """And no further, unless the new program itself cannot live with less."""
    permitted = {
        version: data.draw(st.sampled_from(VERSIONS[: number + 1]))
        for number, version in enumerate(VERSIONS)
    }
    found, oldest = data.draw(st.sampled_from(VERSIONS)), data.draw(st.sampled_from(VERSIONS))
    target = target_of(permitted, found, oldest)
    assert target >= found
    done = [version for version in VERSIONS if found < version <= target]
    assert all(version <= oldest or permitted[version] <= found for version in done)
    beyond = next((version for version in VERSIONS if version > target), None)
    if beyond is not None:
        assert beyond > oldest
        assert permitted[beyond] > found


def test_a_server_that_is_away_is_unavailable() -> None:
    """No password is shown."""
    database = Database(database_url(Path(), "postgresql://me:hidden@127.0.0.1:1/x"), patience=2)
    with pytest.raises(DatabaseUnavailableError) as caught, database.reading():
        pass
    assert "hidden" not in str(caught.value)


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    """And so is a folder that cannot be made."""
    (tmp_path / "sizzle.db").write_bytes(b"not a database, but long enough to be read as one" * 50)
    for path in (tmp_path / "sizzle.db", tmp_path / "sizzle.db" / "below.db"):
        database = Database(URL.create("sqlite", database=str(path)))
        with pytest.raises(DatabaseUnavailableError):
            database.version()
        database.close()


@pytest.mark.parametrize("text", ["nonsense", "mysql://host/name", "sqlite://"])
def test_an_address_of_no_database_is_refused(text: str) -> None:
    """With what to write instead."""
    with pytest.raises(InputError, match="postgresql://"):
        database_url(Path(), text)


def test_the_command_line(tmp_path: Path) -> None:
    """`check` fails until `upgrade` has made the tables."""
    state = ["--state", str(tmp_path)]
    assert run("database", "check", *state).exit_code == 1
    assert "upgraded to" in run("database", "upgrade", *state).stderr
    assert "already at" in run("database", "upgrade", *state).stderr
    assert "up to date" in run("database", "check", *state).stderr
    with sqlite3.connect(tmp_path / "sizzle.db") as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (0,)
    connection.close()


def test_a_query_that_is_asked_many_times_needs_no_transaction_of_its_own(
    url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gives what SQLAlchemy gives, whatever texts and bytes are asked for."""
    database = Database(url)
    database.upgrade()
    rows = [
        {"app": name, "name": "'; DROP TABLE apps; --", "tags": "{}", "created": 2**40}
        for name in ("ada", "é \\ $1 %s :app ?", "ADA")
    ]
    with database.writing() as connection:
        connection.execute(insert(APPS), rows)
    columns = APPS.c.app, APPS.c.created, APPS.c.name
    query = select(*columns).where(APPS.c.app == bindparam("app")).limit(bindparam("most"))
    reader = database.row_reader(query)
    with monkeypatch.context() as patch:
        patch.setattr(reader, "_reading", None)
        for row in rows:
            found = reader.read({"app": row["app"], "most": 10})
            assert [tuple(each) for each in found] == [(row["app"], 2**40, row["name"])]
        assert list(reader.read({"app": "nobody", "most": 10})) == []
        assert list(reader.read({"app": "ada", "most": 0})) == []
    database.close()
    assert len(reader.read({"app": "ada", "most": 1})) == 1  # over a new connection
    database.close()
