"""The pages of journeys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import update

from sizzle.api.auth.api_keys import ApiScope
from sizzle.database.journey_tables import JOURNEY_VERSIONS
from sizzle.outbox.journey_runs import insert_runs
from sizzle.outbox.promoted import PromotedThings
from sizzle.outreach.journeys.run import new_run
from sizzle.outreach.vocabulary import Promoted, PromotedKind
from tests.api.portal.desk_service import DeskService, Visitor, desk_service
from tests.outreach.journeys.sample_journeys import journey_json, send

ADA, BEN, EVE = "ada@example.com", "ben@example.com", "eve@example.com"
SENDER = (ApiScope.OUTREACH_READ, ApiScope.OUTREACH_APPROVE, ApiScope.OUTREACH_SEND)
PATH = "/outreach/journeys"
WAIT = {"id": "pause", "type": "wait", "for": "3 days"}
SCRIPT = "<script>document.title='taken'</script>"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    """A service with one who writes, one who approves and sends, and one who only reads."""
    with desk_service(tmp_path_factory.mktemp("desk")) as desk:
        desk.user(ADA)
        desk.user(BEN, *SENDER)
        desk.user(EVE, ApiScope.OUTREACH_READ)
        PromotedThings(desk.database).save(Promoted(PromotedKind.TITLE, "aurora"), 1)
        yield desk


@pytest.fixture(scope="module")
def ada(desk: DeskService) -> Visitor:
    """The browser of her who writes."""
    return desk.browser(ADA)


@pytest.fixture(scope="module")
def ben(desk: DeskService) -> Visitor:
    """The browser of him who approves and sends."""
    return desk.browser(BEN)


def saved(browser: Visitor, *steps: dict[str, Any], base: int = 0, **fields: Any) -> Response:  # noqa: ANN401
    """Send the form with a journey that was made from version `base`."""
    made = journey_json(*steps, **fields)
    return typed(
        browser, json.dumps(made), base=base, journey_id=made["journey_id"] if base else ""
    )


def typed(browser: Visitor, text: str, **fields: object) -> Response:
    """Send the form with this text."""
    values = {name: str(value) for name, value in fields.items()}
    return browser.submit(PATH, f"{PATH}/new", text=text, **values)


def pressed(browser: Visitor, journey_id: str, act: str, **fields: str) -> Response:
    """Press a button of a journey's page."""
    return browser.submit(f"{PATH}/one/{journey_id}/{act}", f"{PATH}/one/{journey_id}", **fields)


def test_a_journey_is_made_approved_by_another_started_and_closed(
    desk: DeskService, ada: Visitor, ben: Visitor
) -> None:
    """Each state shows its buttons, and the page shows who stands where."""
    assert "No journeys yet" in ada.get(PATH).text
    answer = saved(ada, send(next="pause"), WAIT, name=SCRIPT)
    assert answer.headers["location"] == f"{PATH}/one/welcome?version=1"
    page = ada.get(f"{PATH}/one/welcome").text
    assert SCRIPT not in page
    assert SCRIPT in unescape(page)
    assert "needs the role “approve”" in page
    assert pressed(ada, "welcome", "approve", version="1").status_code == 403
    assert "No version of it is approved yet." in ben.get(f"{PATH}/one/welcome").text
    assert pressed(ben, "welcome", "approve", version="1").status_code == 303
    for act, button in (("start", "Pause"), ("pause", "Resume"), ("resume", "Pause")):
        assert pressed(ben, "welcome", act).status_code == 303
        assert f">{button}</button>" in ben.get(f"{PATH}/one/welcome").text
    with desk.database.writing() as connection:
        runs = [new_run("welcome", 1, "pause", f"מ-{number}", "e", 1) for number in range(51)]
        insert_runs(connection, runs, 1)
    assert 'aria-label="51 members at pause"' in ben.get(f"{PATH}/one/welcome").text
    assert ">51</td>" in ben.get(PATH).text
    standing = ben.get(f"{PATH}/one/welcome/runs?step=pause").text
    assert standing.count("/outreach/members/one") == 50
    assert 'rel="next"' in standing
    member = ben.get("/outreach/members/one", params={"id": "מ-7"}).text
    assert f'href="{PATH}/one/welcome?version=1"' in member
    assert f'href="{PATH}/one/welcome"' in ben.get("/outreach/reports/welcome").text
    assert "Nobody stands there" in ben.get(f"{PATH}/one/welcome/runs?step=hello").text
    assert pressed(ben, "welcome", "close").status_code == 303
    page = ben.get(f"{PATH}/one/welcome").text
    assert "Journey closed" in page
    assert 'href="/outreach/reports/welcome"' in page
    assert "</button>" not in page.partition("<main")[2]
    late = ben.submit(f"{PATH}/one/welcome/resume", f"{PATH}/new")  # of a page opened before
    assert late.status_code == 409


def test_the_second_of_two_editors_is_told_and_loses_nothing(ada: Visitor) -> None:
    """What they typed stays, beside what the other has changed, and can be saved after it."""
    assert saved(ada, WAIT, journey_id="two").status_code == 303
    assert saved(ada, {**WAIT, "for": "4 days"}, journey_id="two", base=1).status_code == 303
    late = saved(ada, {**WAIT, "for": "5 days"}, journey_id="two", base=1)
    text = unescape(late.text)
    assert late.status_code == 409
    assert "There is a newer version" in text
    assert '<ins>+    {"id": "pause", "type": "wait", "for": "4 days"}</ins>' in text
    assert '"for": "5 days"' in text.partition("<textarea")[2]
    assert 'name="base" value="2"' in text
    after = saved(ada, {**WAIT, "for": "5 days"}, journey_id="two", base=2)
    assert after.headers["location"].endswith("version=3")
    assert saved(ada, WAIT, journey_id="two").status_code == 409  # a new one of the same id
    other = typed(ada, json.dumps(journey_json(journey_id="x")), journey_id="two", base=3)
    assert "its id cannot change" in other.text


def test_findings_are_shown_and_a_check_keeps_nothing(ada: Visitor) -> None:
    """Also of what cannot be read; what was typed stays in the form."""
    evil = json.dumps(journey_json(send(next="</textarea>"), {"id": "x", "type": "dance"}))
    refused = typed(ada, evil)
    assert refused.status_code == 422
    assert "<code>unknown-step-type</code>" in refused.text
    assert json.loads(typed_text(refused)) == json.loads(evil)
    checked = typed(
        ada, json.dumps(journey_json(send(next="gone"), journey_id="kept-not")), act="check"
    )
    assert checked.status_code == 200
    assert "<code>unknown-step</code>" in checked.text
    assert "<svg" in checked.text
    assert ada.get(f"{PATH}/one/kept-not").status_code == 404
    assert "no journey with this id" in ada.get(f"{PATH}/one/kept-not/edit").text
    assert typed(ada, "[" * 50_000).status_code == 422
    long = "\r\n" * 100_000  # as much as the form takes
    assert len(typed_text(typed(ada, long))) == 100_001
    assert ada.get(f"{PATH}/one/%00").status_code == 422


def typed_text(page: Response) -> str:
    """What stands in a form's textarea."""
    return unescape(page.text.partition("<textarea")[2].partition(">")[2].partition("</text")[0])


def test_forty_steps_and_an_edited_draft_show_and_errors_keep_it_from_approval(
    ada: Visitor, ben: Visitor
) -> None:
    """Names from right to left are text; the edit form begins with the newest version."""
    steps = [{**WAIT, "id": f"s{number}", "next": f"s{number + 1}"} for number in range(40)]
    assert saved(ada, *steps, journey_id="long", name="רחלה <b>").status_code == 303
    page = ben.get(f"{PATH}/one/long").text
    assert page.count('data-label="Members there"') == 40
    assert "<bdi>רחלה &lt;b&gt;</bdi>" in page
    assert "It has errors: mend them as a new version." in page
    form = ada.get(f"{PATH}/one/long/edit").text
    assert 'name="base" value="1"' in form
    assert ben.get(f"{PATH}/one/long?version=2").status_code == 404


def test_a_journey_that_was_changed_in_the_database_can_still_be_closed(
    desk: DeskService, ada: Visitor, ben: Visitor
) -> None:
    """Its page says that it cannot be read; who edits it keeps what they typed."""
    assert saved(ada, WAIT, journey_id="broken").status_code == 303
    with desk.database.writing() as connection:
        of = JOURNEY_VERSIONS.c.journey_id == "broken"
        connection.execute(update(JOURNEY_VERSIONS).where(of).values(content="{}"))
    assert "Version 1 cannot be read" in ben.get(f"{PATH}/one/broken").text
    refused = saved(ada, {**WAIT, "for": "9 days"}, journey_id="broken", base=1)
    assert (refused.status_code, "9 days" in typed_text(refused)) == (422, True)
    assert ">broken</a>" in ben.get(PATH).text
    assert pressed(ben, "broken", "close").status_code == 303


def test_who_may_only_read_is_shown_why_nothing_can_be_pressed(desk: DeskService) -> None:
    """The buttons are disabled, and the forms refused."""
    eve = desk.browser(EVE)
    assert "needs the role “write”" in eve.get(PATH).text
    assert saved(eve, WAIT, journey_id="eves").status_code == 403
    assert pressed(eve, "two", "close").status_code == 403
