"""Pages of segments, lines, prompts and the 1:1 page, in a browser's place."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from sizzle.api.auth.api_keys import ApiScope
from sizzle.drafting import Stores
from sizzle.outbox.segments import Segments
from sizzle.outbox.snapshots import Snapshots
from sizzle.outreach.content.promoted_file import parse_promoted
from sizzle.outreach.segments.rule import Rule
from tests.api.portal.content_samples import FACTS, MEMBERS
from tests.api.portal.desk_service import MARKETER, DeskService, Visitor, desk_service
from tests.packager import packaged_asset

ADA, BEN = "ada@example.com", "ben@example.com"
AT = "/outreach/one-to-one?segment=all&promoted=title:"
_FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')


class People(NamedTuple):
    """Two who have signed in: Ada writes, Ben approves too."""

    ada: Visitor
    ben: Visitor


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    """A desk with members, segments and facts; each test has a title of its own."""
    made = packaged_asset.shared(tmp_path_factory)
    with desk_service(tmp_path_factory.mktemp("desk"), made=made) as desk:
        desk.import_file(MEMBERS)
        for each in parse_promoted(FACTS, "facts"):
            Stores(desk.database).promoted.save(each, 0)
        for segment_id in ("all", "edited"):
            rule = Rule.read({"Dimensions": {}})
            Segments(desk.database).save("Everybody <i>", rule, 1, segment_id)
        desk.user(ADA)
        desk.user(BEN, *MARKETER, ApiScope.OUTREACH_APPROVE)
        yield desk


@pytest.fixture(scope="module")
def people(desk: DeskService) -> People:
    """Their browsers."""
    return People(desk.browser(ADA), desk.browser(BEN))


def test_a_segment_is_gone_through_and_judged_one_by_one(people: People) -> None:
    """Written by one, agreed by another, who is led on; names are text; a child is refused."""
    ada, ben = people
    first = ada.get(AT + "nocturne").text
    assert "Ann &lt;b&gt;&amp; Söhne&lt;/b&gt;" in first
    assert "No line yet" in first
    drafted = ada.press(AT + "nocturne", "/outreach/one-to-one/draft").headers["location"]
    shown = ada.get(drafted).text
    assert "Nocturne City is waiting" in shown
    assert "You wrote it, or asked for it" not in shown  # she has not the role either
    assert "needs the role “approve”" in shown
    agreed = ben.press(drafted, "/outreach/one-to-one/agree").headers["location"]
    assert "member=chloe" in agreed
    assert "Agreed: the en email may be sent." in ben.get(agreed).text
    assert "It is approved already." in ben.get(AT + "nocturne").text
    refused = ben.get("/outreach/one-to-one?segment=all&promoted=offer:loan&member=kid").text
    assert "Refused by the rule “not-for-minors”" in refused
    assert 'action="/outreach/one-to-one/draft"' not in refused
    abroad = ben.get("/outreach/one-to-one?segment=all&promoted=offer:loan&member=chloe").text
    assert "Member is in FR, the loan is not offered there." in abroad


def test_a_mail_is_shown_in_a_frame_that_runs_nothing(people: People) -> None:
    """The document has its own policy, and is found only by the page that frames it."""
    ada = people.ada
    page = ada.get(ada.press(AT + "harbor", "/outreach/one-to-one/draft").headers["location"]).text
    found = re.search(r'<iframe sandbox src="([^"]+)"', page)
    assert found is not None
    mail = ada.get(html.unescape(found[1]))
    policy = mail.headers["content-security-policy"]
    assert "sandbox;" in policy
    assert "default-src 'none'" in policy
    assert "Ann &lt;b&gt;" in mail.text


def test_a_reel_is_beside_the_message(people: People) -> None:
    """Its titles by rank; and the SMS in its segments."""
    ada = people.ada
    page = ada.get(AT + "harbor&member=ann&channel=SMS").text
    assert 'class="ranks"' in page
    drafted = ada.press(AT + "harbor&member=ann&channel=SMS", "/outreach/one-to-one/draft")
    assert 'data-segment="1"' in ada.get(drafted.headers["location"]).text


def test_the_second_who_judges_is_told_and_loses_nothing(people: People) -> None:
    """A verdict that was given meanwhile is shown, with the reason that was typed."""
    ada, ben = people
    drafted = ada.press(AT + "kestrel", "/outreach/one-to-one/draft").headers["location"]
    line = "/outreach/lines/" + drafted.rpartition("line=")[2]
    text = ben.get(line).text
    fields = dict(_FIELD.findall(text[text.index(f'action="{line}/disagree"') :]))
    first = ben.press(line, f"{line}/disagree", reason="too dull", again="true")
    following = first.headers["location"]
    assert following != line
    assert "here is another try" in ben.get(following).text
    second = ben.post(f"{line}/disagree", data={**fields, "reason": "too <loud>"})
    assert second.status_code == 409
    assert "too dull" in second.text
    assert "too &lt;loud&gt;" in second.text
    assert ben.press(line, f"{line}/disagree", reason=" ").status_code == 400


def test_a_segment_is_edited_by_two(people: People) -> None:
    """The second is shown the first one's rule beside their own, and may save after it."""
    browser = people.ada
    page, save = "/outreach/segments/edited/edit", "/outreach/segments"
    rule = '{"Dimensions": {"UserAttributes": {"country": {"Values": ["FR"]}}}}'
    form = {"name": "French", "rule": rule, "act": "save"}
    assert browser.press(page, save, **form).headers["location"] == "/outreach/segments/edited"
    late = browser.press(page, save, **{**form, "name": "Late", "version": "1"})
    assert late.status_code == 409
    assert "Somebody saved version 2 meanwhile" in late.text
    assert 'value="Late"' in late.text
    shown = browser.get("/outreach/segments/edited").text
    assert "chloe" in shown
    assert "/outreach/members/one?id=ann" not in shown
    count = browser.get("/outreach/segments/count", params={"rule": rule}).json()
    assert (count["count"], count["of"]) == (1, 3)


@pytest.mark.parametrize(
    ("rule", "line"),
    [('{"Dimensions": {\n"Location": ', 2), ('{"Dimensions": {\n"Location": {\n"Contry": 5}}}', 2)],
)
def test_a_wrong_rule_is_shown_with_its_line(people: People, rule: str, line: int) -> None:
    """What was typed stays."""
    browser = people.ada
    answer = browser.press(
        "/outreach/segments/new", "/outreach/segments", name="x", rule=rule, act="save"
    )
    assert answer.status_code == 422
    assert f"Line {line}:" in answer.text
    assert rule in html.unescape(answer.text)


def test_common_rules_are_added_to_the_rule(people: People) -> None:
    """By the small form, without a script."""
    browser = people.ada
    typed = {"rule": '{"Dimensions": {}}', "countries": "fr, de", "duration": "DAY_7"}
    page = browser.press("/outreach/segments/new", "/outreach/segments", act="add", **typed)
    assert page.status_code == 200
    rule = html.unescape(page.text)
    assert '"country"' in rule
    assert '"DAY_7"' in rule


def test_a_snapshot_is_taken_and_approved_by_whom_may(desk: DeskService, people: People) -> None:
    """A job takes it; the page lists its members; approving needs the role."""
    ada, ben = people
    job = ada.press("/outreach/segments/all", "/outreach/segments/all/freeze").headers["location"]
    assert 'data-reload="2"' in ada.get(job).text
    desk.run_jobs()
    found = re.search(r"/outreach/snapshots/[0-9a-f]{16}", ada.get(job).text)
    assert found is not None
    assert "chloe" in ada.get(found[0]).text
    assert ada.press(found[0], f"{found[0]}/approve").status_code == 403
    approved = ben.press(found[0], f"{found[0]}/approve").headers["location"]
    assert "user:ben@example.com" in ben.get(approved).text


def test_a_snapshot_is_gone_through_as_it_was_frozen(desk: DeskService, people: People) -> None:
    """Whoever has left the segment since is in it; whoever was erased is not, which is said."""
    every = Rule.read({"Dimensions": {}})
    segment = Segments(desk.database).save("Frozen", every, 1, "frozen")
    desk.import_file("member_id,email\nzoe,zoe@example.com\n")
    taken = Snapshots(desk.database).take(segment, 2, promoted="title:harbor")
    nobody = Rule.read({"Dimensions": {"UserAttributes": {"country": {"Values": ["XX"]}}}})
    Segments(desk.database).save("Frozen", nobody, 3, "frozen")
    at = f"/outreach/one-to-one?snapshot={taken.snapshot_id}&promoted=title:harbor"
    first = people.ada.get(at).text
    assert f"/outreach/snapshots/{taken.snapshot_id}" in first
    assert "In the snapshot" in first
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following is not None
    assert "member=chloe" in html.unescape(following[1])
    assert "Chloé" in people.ada.get(html.unescape(following[1])).text
    assert "zoe" in people.ada.get(f"{at}&member=zoe").text
    desk.members.erase("zoe")
    assert "this is the first one" in people.ada.get(f"{at}&member=zoe").text
    assert f'value="{taken.snapshot_id}"' in people.ada.get(at.partition("&")[0]).text


def test_facts_are_edited_and_their_lines_wait_again(people: People) -> None:
    """A line that was approved for other facts has to be approved again."""
    ada, ben = people
    thing = "/outreach/promoted/one?promoted=title:lagoon"
    wanted = {"language": "en", "channel": "EMAIL"}
    line = ada.press(thing, "/outreach/promoted/draft", **wanted).headers["location"]
    ben.press(line, f"{line}/agree")
    assert "approved" in ben.get(thing).text
    edit = "/outreach/promoted/edit?promoted=title:lagoon"
    text = '{"title": [{"id": "lagoon", "title": "Lagoon Town"}]}'
    assert ada.press(edit, "/outreach/promoted", text=text).status_code == 303
    assert "facts changed" in ben.get(thing).text
    late = ada.press(edit, "/outreach/promoted", text=text.replace("Town", "Bay"), based_on="x")
    assert late.status_code == 409
    assert "Lagoon Town" in late.text
    assert "Lagoon Bay" in late.text
    bad = ada.press(edit, "/outreach/promoted", text="{")
    assert bad.status_code == 422


def test_a_prompt_is_saved_run_over_the_panel_and_compared(
    desk: DeskService, people: People
) -> None:
    """Versions are added; the panel is a job; two versions' drafts stand side by side."""
    ada = people.ada
    page = "/outreach/prompts/invite"
    saved = ada.press(page, page, text="Write <plainly>.", note="shorter")
    assert saved.status_code == 303
    assert "Write &lt;plainly&gt;." in ada.get(page).text
    late = ada.press(page, page, text="Mine", based_on="1")
    assert late.status_code == 409
    assert "Mine" in late.text
    job = ada.press(page, f"{page}/evaluate").headers["location"]
    desk.run_jobs()
    assert "passed all" in ada.get(job).text
    assert "<meter" in ada.get(page).text
    sides = ada.press(
        page, f"{page}/compare", left="1", right="2", promoted="title:nocturne", language="fr"
    )
    assert sides.status_code == 200
    assert sides.text.count("<blockquote") == 2
    assert "<ins>Write &lt;plainly&gt;.</ins>" in sides.text
    improved = ada.press(page, f"{page}/improve").headers["location"]
    desk.run_jobs()
    assert "writes no prompts" in ada.get(improved).text


def test_an_affinity_job_says_what_cannot_be_used(people: People) -> None:
    """Fields that are wrong are named; what was typed stays; a job without a model fails."""
    ada = people.ada
    page = "/outreach/affinity"
    wrong = ada.press(page, page, titles="", count="many", least_chance="7")
    assert wrong.status_code == 422
    assert wrong.text.count('aria-invalid="true"') == 3
    job = ada.press(page, page, titles="nocturne", least_chance="2%").headers["location"]
    assert "Waiting for earlier jobs" in ada.get(job).text


@pytest.mark.parametrize(
    "path",
    [
        "segments/nobody",
        "segments/all?after=zzz",
        "snapshots/0123456789abcdef",
        "promoted/one?promoted=title:gone",
        "promoted/one?promoted=gone",
        "lines/" + "0" * 64,
        "prompts/other?version=3",
        "one-to-one?segment=gone&promoted=title:nocturne",
        "one-to-one?segment=all&promoted=title:nocturne&member=zzz",
        "one-to-one/mail?segment=all&promoted=title:nocturne&member=ann",
    ],
)
def test_what_is_gone_has_a_page(people: People, path: str) -> None:
    """That leads back."""
    answer = people.ada.get(f"/outreach/{path}")
    assert answer.status_code in (200, 404)
    assert '<main id="main"' in answer.text
