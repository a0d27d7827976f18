"""From a request to a draft: code first, then the writer, once more, then the catalogue."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sizzle.database import Database, database_url
from sizzle.drafting import (
    DraftRequest,
    IneligibleError,
    Panel,
    Review,
    ReviewError,
    SelfApprovalError,
    Stores,
    agree,
    disagree,
    draft,
    draft_again,
    evaluate_prompt,
    improve_prompt,
    keep,
    written_by_person,
)
from sizzle.errors import NotFoundError
from sizzle.outbox.prompts import Prompt
from sizzle.outreach.vocabulary import Channel
from sizzle.writers import Answer, BrokenAnswerError, Decision, Writer, WriterError
from sizzle.writers.catalogue import CatalogueWriter
from tests.drafting.scripted_writer import Scripted, answer
from tests.outreach.samples import ADULT, CHILD, LOAN, SERIES, TODAY

PROMPT = Prompt("invite", 3, "Write {language}.")
ASK = DraftRequest(SERIES, Channel.EMAIL, "en", author="ada")
GOOD = answer("Tonight: {title}", "A new {kind} is waiting, whenever you like.")
BAD = answer("Tonight: {title}", "A new {kind} from 2019 is waiting, whenever you like.")


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    """Stores with a series to promote."""
    database = Database(database_url(tmp_path, None))
    found = Stores(database)
    found.promoted.save(SERIES, 1)
    yield found
    database.close()


@pytest.mark.parametrize("writer", [Scripted(), CatalogueWriter()], ids=["stub", "catalogue"])
def test_the_loan_is_no_thing_for_a_child(writer: Writer) -> None:
    """Refused with its rule whatever the writer, which is not even asked."""
    ask = DraftRequest(LOAN, Channel.SMS, "en", member=CHILD)
    with pytest.raises(IneligibleError, match="not-for-minors: member is 6, the loan is for 18"):
        draft(ask, writer, PROMPT, TODAY)
    unknown = replace(ADULT, birth_date=None)
    with pytest.raises(IneligibleError, match="age is unknown"):
        written_by_person(replace(ask, member=unknown), "", "{title}: {link}", TODAY)
    assert getattr(writer, "asked", []) == []
    assert draft(replace(ask, member=ADULT), CatalogueWriter(), PROMPT, TODAY).passes


def test_a_draft_that_does_not_pass_is_tried_once_more_with_its_findings() -> None:
    """The second request has the text, what was wrong with it, and another seed."""
    writer = Scripted([BAD, GOOD])
    member = replace(ADULT, name="Zebediah", country="QA")
    found = draft(replace(ASK, member=member), writer, PROMPT, TODAY)
    assert found.passes
    assert (found.origin.writer, found.origin.model) == ("scripted", "model-1")
    assert (found.origin.prompt, found.origin.prompt_version) == ("invite", 3)
    first, second = writer.asked
    (refused,) = second.refused
    assert refused.text == BAD.text
    assert "number-not-a-fact" in refused.reason
    assert second.seed == first.seed + 1
    assert not any(each in str(writer.asked) for each in ("Zebediah", "ada", "QA", "1980"))


@pytest.mark.parametrize(
    "answers",
    [
        [BAD, BAD],
        [BrokenAnswerError("not JSON"), BrokenAnswerError("cut off")],
        [BAD, BrokenAnswerError("not JSON")],
        [],
        [Answer(Decision.REFUSE, "en", "", "", ())],
        [replace(GOOD, language="fr"), replace(GOOD, language="fr")],
        [replace(GOOD, used=("budget",))] * 2,
    ],
    ids=["bad", "broken", "both", "away", "refused", "other language", "invented fact"],
)
def test_then_the_catalogue_is_asked(answers: list[Answer | Exception]) -> None:
    """Whatever a model does, there is a line that passes, and what went wrong is said."""
    found = draft(ASK, Scripted(list(answers)), PROMPT, TODAY)
    assert found.passes
    assert found.origin.writer == "catalogue"
    assert (found.origin.prompt, found.origin.prompt_version) == ("", 0)
    assert found.problems


def test_a_busy_writer_is_asked_again_when_it_says() -> None:
    """After the seconds that it named; one that wants minutes is not waited for."""
    busy = WriterError("Too many.", retry_after=0.05)
    start = time.monotonic()
    assert draft(ASK, Scripted([busy, GOOD]), PROMPT, TODAY).origin.writer == "scripted"
    assert time.monotonic() - start >= 0.05
    away = Scripted([WriterError("Too many.", retry_after=600), GOOD])
    assert draft(ASK, away, PROMPT, TODAY).origin.writer == "catalogue"
    assert len(away.asked) == 1


def test_without_anything_to_say_the_last_try_is_shown() -> None:
    """The catalogue knows no Finnish: the model's text is returned with its errors."""
    found = draft(replace(ASK, language="fi"), Scripted([BAD, BAD]), PROMPT, TODAY)
    assert not found.passes
    assert found.line is not None
    silent = draft(replace(ASK, language="fi"), Scripted(), PROMPT, TODAY)
    assert silent.line is None


def test_disagree_and_try_again(stores: Stores) -> None:
    """Each next try is told all texts that were refused, with the reasons, and repeats none."""
    seen = []
    first = draft(ASK, CatalogueWriter(), PROMPT, TODAY)
    digest = keep(stores, first, 1)
    writer = Scripted([BrokenAnswerError("x")] * 2 + [GOOD])
    for reason in ("too cold", "too warm"):
        line, tries = disagree(stores, Review(digest, "bo", two_people=True, now=2), reason)
        seen.append(line)
        again = draft_again(stores, line, tries, "bo", writer, PROMPT, TODAY)
        assert again.line is not None
        assert again.line not in seen
        digest = keep(stores, again, 3, line.digest)
    assert [each.reason for each in writer.asked[-1].refused] == ["too cold", "too warm"]
    assert stores.drafts.of(digest)[-1].previous == seen[-1].digest


def test_approval(stores: Stores) -> None:
    """Not by the author where there are two, not with errors, and not of what is not there."""
    digest = keep(stores, draft(ASK, CatalogueWriter(), PROMPT, TODAY), 1)
    with pytest.raises(SelfApprovalError):
        agree(stores, Review(digest, "ada", two_people=True, now=2))
    assert stores.lines.verified(agree(stores, Review(digest, "bo", True, 2)).digest)
    alone = keep(stores, written_by_person(ASK, "{title} is on", "See {title} with us.", TODAY), 1)
    assert agree(stores, Review(alone, "ada", two_people=False, now=2)).subject == "{title} is on"
    bad = keep(stores, written_by_person(ASK, "{title}, hurry", "See {title} with us.", TODAY), 1)
    with pytest.raises(ReviewError, match="urgency"):
        agree(stores, Review(bad, "bo", two_people=True, now=2))
    with pytest.raises(NotFoundError):
        agree(stores, Review("0" * 64, "bo", two_people=True, now=2))


def test_a_prompt_is_evaluated_beside_the_version_before(stores: Stores) -> None:
    """Pass rates by check; what a writer does badly is counted, and what is kept is compared."""
    panel = Panel(("en",), (Channel.EMAIL,))
    writer = Scripted([BAD, BrokenAnswerError("x"), Answer(Decision.REFUSE, "en", "", "", ())])
    found = evaluate_prompt(PROMPT, writer, panel, 5)
    assert found.results == {
        "refused whom code refuses": (2, 2),
        "answered": (2, 3),
        "passed all": (0, 2),
        "number-not-a-fact": (1, 2),
        "reason-missing": (1, 2),
        "refused-to-write": (1, 2),
    }
    stores.prompts.add_evaluation(found)
    kept = stores.prompts.evaluation("invite", 3, "scripted", "model-1", panel.digest)
    assert kept == found
    assert stores.prompts.evaluation("invite", 3, "scripted", "other", panel.digest) is None
    assert improve_prompt(stores, PROMPT, found, writer).startswith("better: ")
    shipped = evaluate_prompt(PROMPT, CatalogueWriter(), Panel(), 5)
    assert shipped.results["passed all"] == (36, 36)


def test_prompts_are_added_and_never_changed(stores: Stores) -> None:
    """A sample is version 1; the same text again adds none; old versions stay."""
    sample = stores.prompts.get("invite")
    assert sample.version == 1
    added = stores.prompts.add("invite", "Shorter.", "why", "ada", 7)
    assert added.version == 2
    assert stores.prompts.add("invite", "Shorter.", "", "bo", 8) == added
    assert stores.prompts.get("invite", 1).text == sample.text
    assert [each.version for each in stores.prompts.versions("invite")] == [2, 1]
    assert "offer" in stores.prompts.names()
    with pytest.raises(NotFoundError, match="version 9"):
        stores.prompts.get("invite", 9)
