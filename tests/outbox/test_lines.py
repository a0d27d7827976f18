"""Approval binds to the bytes of a line and to the facts that it was compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import delete, text

from sizzle.database import Database
from sizzle.database.content_tables import DRAFTS, LINES, PROMOTED, VERDICTS
from sizzle.errors import NotFoundError
from sizzle.outbox.drafts import Drafts, Origin
from sizzle.outbox.lines import ContentNotApprovedError, Lines
from sizzle.outbox.promoted import PromotedThings
from sizzle.outbox.verdicts import Verdict, Verdicts
from sizzle.outreach.content.lines import Line
from sizzle.outreach.content.promoted_json import promoted_digest
from sizzle.outreach.policy.findings import warning
from sizzle.outreach.vocabulary import Channel, PromotedKind
from tests.databases import KINDS, new_database
from tests.outreach.samples import MAIL, SERIES, line


@pytest.fixture(scope="module", params=KINDS)
def tables(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database of each kind."""
    folder = tmp_path_factory.mktemp("lines")
    found = Database(new_database(request.param, folder, tmp_path_factory))
    found.upgrade()
    yield found
    found.close()


@pytest.fixture
def database(tables: Database) -> Database:
    """A database with a series to promote and no lines."""
    with tables.writing() as connection:
        for table in (PROMOTED, LINES, DRAFTS, VERDICTS):
            connection.execute(delete(table))
    PromotedThings(tables).save(SERIES, 1)
    return tables


def agree(database: Database, *lines: Line) -> None:
    """Keep and approve lines."""
    for each in lines:
        Lines(database).add(each)
        verdict = Verdict(each.digest, promoted_digest(SERIES), True, "", "bo", 2)
        Verdicts(database).add(verdict)


def approved(database: Database, reason: str = "", language: str = "en") -> Line | None:
    """The line for a member of that language."""
    return Lines(database).approved(PromotedKind.TITLE, "nocturne", reason, language, Channel.EMAIL)


def test_one_changed_byte_needs_a_new_approval(database: Database) -> None:
    """A line that is changed in the store is refused by every way to it."""
    agree(database, MAIL)
    assert approved(database) == MAIL
    assert Lines(database).verified(MAIL.digest) == MAIL
    with database.writing() as connection:
        connection.execute(text("UPDATE lines SET text = replace(text, 'A new', 'A now')"))
    with pytest.raises(ContentNotApprovedError, match="content not approved"):
        approved(database)
    with pytest.raises(ContentNotApprovedError, match="content not approved"):
        Lines(database).verified(MAIL.digest)


def test_only_the_newest_verdict_counts(database: Database) -> None:
    """Without a verdict, or after a later disagreement, a line is not used; all are kept."""
    Lines(database).add(MAIL)
    assert approved(database) is None
    with pytest.raises(ContentNotApprovedError, match="nobody"):
        Lines(database).verified(MAIL.digest)
    agree(database, MAIL)
    refusal = Verdict(MAIL.digest, promoted_digest(SERIES), False, "too dull", "cy", 3)
    Verdicts(database).add(refusal)
    assert approved(database) is None
    kept = Verdicts(database).of(MAIL.digest)
    assert [(verdict.agrees, verdict.reason, verdict.by) for verdict in kept] == [
        (True, "", "bo"),
        (False, "too dull", "cy"),
    ]


def test_changed_facts_need_a_new_approval(database: Database) -> None:
    """A line that was approved for a price is not sent with another one."""
    agree(database, MAIL)
    facts = {**SERIES.facts, "price": "9.99 EUR"}
    assert PromotedThings(database).save(replace(SERIES, facts=facts), 3)
    assert approved(database) is None
    with pytest.raises(ContentNotApprovedError, match="facts have changed"):
        Lines(database).verified(MAIL.digest)
    PromotedThings(database).save(SERIES, 4)
    assert approved(database) == MAIL


def test_fallback_of_reason_and_language(database: Database) -> None:
    """The language goes before the reason; a language that is close serves, Catalan does not."""
    crime = line(reason="genres:Crime", subject="{title}, for you")
    spanish = line(language="es", subject="{title} te espera")
    agree(database, MAIL, crime, spanish)
    assert approved(database, "genres:Crime") == crime
    assert approved(database, "genres:War") == MAIL
    assert approved(database, "genres:Crime", "es-MX") == spanish
    assert approved(database, "genres:Crime", "ca") == crime
    assert approved(database, "", "not a language") == MAIL
    of_nobody = Lines(database, "de")
    assert of_nobody.approved(PromotedKind.TITLE, "nocturne", "", "ja", Channel.EMAIL) is None


def test_the_last_approval_goes_first(database: Database) -> None:
    """Of several approved lines that fit alike, the one that was approved last is used."""
    newer = line(subject="{title} is here")
    agree(database, MAIL, newer)
    assert approved(database) == newer
    agree(database, MAIL)
    assert approved(database) == MAIL


def test_drafts_keep_where_they_came_from(database: Database) -> None:
    """Author, writer, model, prompt, seed, the provider's id and the findings are kept."""
    origin = Origin("ada", "openai", "m-1", "chatcmpl-7", "invite", 3, 42)
    found = warning("sms-encoding", "text", "one í", "write i.")
    draft = Drafts(database).add(MAIL, origin, [found], 5, "0" * 64)
    assert Drafts(database).of(MAIL.digest) == [draft]
    assert Drafts(database).authors(MAIL.digest) == {"ada"}
    assert Lines(database).get(MAIL.digest) == MAIL
    assert Lines(database).find(PromotedKind.TITLE, "nocturne", Channel.EMAIL) == [MAIL]
    with pytest.raises(NotFoundError):
        Lines(database).get("0" * 64)


def test_promoted_things_are_kept_whole(database: Database) -> None:
    """What is promoted comes back equal; saving the same again changes nothing."""
    things = PromotedThings(database)
    assert things.find(PromotedKind.TITLE, "nocturne") == SERIES
    assert not things.save(SERIES, 9)
    assert things.all() == [SERIES]
    with pytest.raises(NotFoundError, match="no offer"):
        things.get(PromotedKind.OFFER, "loan")
