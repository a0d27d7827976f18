"""The pages of members and imports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from sizzle.eventlog import EventLog
from sizzle.events.event import Event
from tests.api.portal.desk_service import DeskService, desk_service
from tests.api.sample_service import KEY

ADA = "ada@example.com"
SCRIPT = "<script>document.title='taken'</script>"
FILE = f"""\
member_id,name,email,language
a/../b?&#,{SCRIPT},one@example.com,fr
m-2,שלום,two@example.com,he
m-3,Three,not an address,en
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    """A service with members, whose ids and names have what they may have."""
    with desk_service(tmp_path_factory.mktemp("desk")) as desk:
        desk.user(ADA)
        yield desk


def import_form(desk: DeskService, text: str) -> str:
    """Send a file by the form; returns the path of the import's page."""
    browser = desk.browser(ADA)
    page = browser.get("/outreach/imports").text
    action = re.search(r'action="(/outreach/imports\?form_token=\w+)"', page)
    assert action is not None
    files = {"file": ("members.csv", text.encode(), "text/csv")}
    answer = browser.post(action[1], files=files, data={"source": "crm"})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_an_import_says_what_came_of_each_row(desk: DeskService) -> None:
    """It waits, and then has its findings, also as CSV that no spreadsheet takes for formulas."""
    path = import_form(desk, FILE)
    browser = desk.browser(ADA)
    assert "data-reload" in browser.get(path).text
    desk.run_jobs()
    page = browser.get(path).text
    assert "data-reload" not in page
    assert "2 of 3 rows kept" in page
    assert "is not an address of mail" in unescape(page)
    findings = browser.get(f"{path}/findings.csv").text
    assert findings.splitlines()[0] == "row,rule,refused,what,fix"
    assert findings.splitlines()[1].startswith("4,invalid-value,True,'not an address' is not")
    assert "crm" in browser.get("/outreach/imports").text


def test_an_import_of_nothing_is_said_at_the_field(desk: DeskService) -> None:
    """With what was typed, and no job."""
    browser = desk.browser(ADA)
    page = browser.get("/outreach/imports").text
    token = re.search(r"form_token=(\w+)", page)
    assert token is not None
    answer = browser.post(
        f"/outreach/imports?form_token={token[1]}",
        files={"file": ("empty.csv", b"", "text/csv")},
        data={"country": "Atlantis", "source": "what was typed"},
    )
    assert answer.status_code == 422
    assert "Choose a file that is not empty." in answer.text
    assert "Atlantis" in answer.text
    assert 'value="what was typed"' in answer.text
    assert desk.jobs.waiting() == []


def test_members_are_found_by_id_and_address(desk: DeskService) -> None:
    """Whatever an id is made of leads to its page, and is text there."""
    desk.import_file(FILE)
    browser = desk.browser(ADA)
    listed = browser.get("/outreach/members").text
    assert SCRIPT not in listed
    for wanted in ("a/.", "One@Example.com"):
        found = browser.get("/outreach/members", params={"q": wanted}).text
        (href,) = re.findall(r'<th scope="row"><a href="([^"]+)"', found)
        page = browser.get(unescape(href))
        assert page.status_code == 200
        assert "a/../b?&amp;#" in page.text
        assert SCRIPT not in page.text
        assert "one@example.com" in page.text
    assert "Nobody was found" in browser.get("/outreach/members", params={"q": "zzz"}).text
    unknown = browser.get("/outreach/members/one", params={"id": "nobody"})
    assert (unknown.status_code, "Nothing is known" in unknown.text) == (404, True)


def test_a_page_leads_to_the_next(desk: DeskService) -> None:
    """Each member is on one of them."""
    for number in range(70):
        desk.members.put(f"many-{number:03}", {"name": "One of many"}, "outreach")
    browser, path, seen = desk.browser(ADA), "/outreach/members?q=many", []
    for _ in range(3):
        page = browser.get(path).text
        seen += re.findall(r"<bdi>(many-\d+)</bdi></a>", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        path = unescape(following[1])
    assert seen == [f"many-{number:03}" for number in range(70)]


def test_what_a_member_did_is_shown_until_the_member_is_erased(desk: DeskService) -> None:
    """Of one who has no profile too."""
    log = EventLog(desk.database, KEY)
    log.append([Event(event_id="e-1", type="title_started", member_id="seen", time=5, received=5,
                      attributes={"title_id": "aurora"})])  # fmt: skip
    log.close()
    browser = desk.browser(ADA)
    page = browser.get("/outreach/members/one", params={"id": "seen"})
    assert "title_started" in page.text
    assert "aurora" in page.text
    answer = browser.submit("/outreach/members/erase", "/account", member_id="seen")
    assert answer.status_code == 303
    assert browser.get("/outreach/members/one", params={"id": "seen"}).status_code == 404
