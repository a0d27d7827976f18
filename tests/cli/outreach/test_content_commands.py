"""From a file of offers to approved lines, on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sizzle.accounts import Users
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.cli.app import app
from sizzle.database import Database, database_url
from sizzle.errors import SizzleError
from tests.api.sample_service import catalog_in

OFFERS = """
[[title]]
id = "nocturne"
title = "Nocturne City"
genres = ["Crime"]
kind = "series"

[[offer]]
id = "loan"
title = "Secured instalment loan"
noun = "loan"
least_age = 18
"""


def run(folder: Path, *arguments: object) -> Result:
    """Run `sizzle outreach` with a state of its own, in this process."""
    state = ["--state", str(folder / "state")]
    return CliRunner().invoke(app, ["outreach", *map(str, arguments), *state])


def printed(folder: Path, *arguments: object) -> Any:  # noqa: ANN401 - any JSON
    """What a command prints as JSON."""
    result = run(folder, *arguments, "--json")
    assert result.stdout, result
    return json.loads(result.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a series and a loan to promote."""
    (tmp_path / "offers.toml").write_text(OFFERS)
    assert printed(tmp_path, "promoted", "add", tmp_path / "offers.toml")["unchanged"] == 0
    return tmp_path


DRAFT = ("draft", "title:nocturne", "--language", "en", "--language", "ja", "--channel", "email")


def test_from_a_file_to_approved_lines(folder: Path) -> None:
    """Drafts in two languages: one approved by somebody else, one refused and written anew."""
    made = printed(folder, *DRAFT, "--by", "ada")
    assert [(each["language"], each["passes"]) for each in made] == [("en", True), ("ja", True)]
    first, second = (each["digest"] for each in made)
    assert run(folder, "approve", first[:8], "--by", "bo").exit_code == 0
    assert printed(folder, "disagree", second, "--reason", "cold", "--again", "--by", "bo")[
        "passes"
    ]
    states = {each["digest"]: each["state"] for each in printed(folder, "lines")}
    assert states[first] == "approved"
    assert states[second] == "refused"
    assert len(states) == 3
    assert run(folder, "promoted", "show", "title:nocturne").exit_code == 0
    assert "Nocturne City" in run(folder, "promoted", "list").stdout


@pytest.mark.parametrize("second", ["key", "user", "provider"])
def test_where_there_are_two_nobody_approves_their_own(
    folder: Path, second: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two keys, a key and a user, or people of a provider; with one key alone, its holder may."""
    digest = printed(folder, *DRAFT, "--by", "ada")[0]["digest"]
    KeyStore(KeyFile(folder / "state")).create("one", [ApiScope.OUTREACH_WRITE])
    assert run(folder, "approve", digest, "--by", "ada").exit_code == 0
    if second == "key":
        KeyStore(KeyFile(folder / "state")).create("two", [ApiScope.OUTREACH_APPROVE])
    elif second == "user":
        users = Users(Database(database_url(folder / "state")))
        users.create("bo@example.com", "Bo", [ApiScope.OUTREACH_APPROVE], None, 1)
    else:
        monkeypatch.setenv("SIZZLE_OIDC_ISSUER", "https://id.example.com")
    refused = run(folder, "approve", digest, "--by", "ada")
    assert isinstance(refused.exception, SizzleError)
    assert "somebody else" in str(refused.exception)


def test_errors_are_exit_code_1(folder: Path) -> None:
    """One's own text with errors is kept and shown; a text that is only checked is not kept."""
    bad = ("--language", "en", "--channel", "sms", "--text", "Hurry: {title}")
    checked = run(folder, "check", "title:nocturne", *bad, "--json")
    assert checked.exit_code == 1
    found = json.loads(checked.stdout)
    assert {"urgency", "link-missing"} <= {finding["rule"] for finding in found["findings"]}
    assert (found["encoding"], found["segments"]) == ("GSM-7", 1)
    assert printed(folder, "lines") == []
    assert run(folder, "draft", "title:nocturne", *bad).exit_code == 1
    (kept,) = printed(folder, "lines")
    assert kept["state"] == "to judge"


def test_a_draft_that_fails_is_named_and_others_are_made(folder: Path) -> None:
    """The catalogue has no Finnish: English before and Japanese after it are kept all the same."""
    languages = ("--language", "en", "--language", "fi", "--language", "ja")
    several = ("draft", "title:nocturne", *languages)
    some = run(folder, *several, "--channel", "email")
    assert some.exit_code == 1
    assert "fi, EMAIL: No writer had a text" in some.stderr
    assert {each["language"] for each in printed(folder, "lines")} == {"en", "ja"}
    as_json = run(folder, *several, "--channel", "sms", "--json")
    assert as_json.exit_code == 1
    assert [("error" in each, each["language"]) for each in json.loads(as_json.stdout)] == [
        (False, "en"),
        (False, "ja"),
        (True, "fi"),
    ]


def test_a_child_is_refused_a_loan(folder: Path) -> None:
    """The member's age is known from an import; no line is written."""
    (folder / "m.csv").write_text("member_id,birth_date,country\ncal,2020-03-01,US\n")
    assert run(folder, "import", folder / "m.csv").exit_code == 0
    ask = ("draft", "offer:loan", "--language", "en", "--channel", "sms", "--member", "cal")
    refused = run(folder, *ask)
    assert "not-for-minors: member is" in str(refused.exception)
    assert printed(folder, "lines") == []


def test_prompts(folder: Path) -> None:
    """Shown, added, and evaluated beside the version before."""
    text = run(folder, "prompt", "show", "invite").stdout
    (folder / "invite.txt").write_text(text + "Be brief.")
    panel = ("--language", "en", "--channel", "push")
    assert printed(folder, "prompt", "evaluate", "invite", *panel)["before"] is None
    assert run(folder, "prompt", "add", "invite", folder / "invite.txt").exit_code == 0
    found = printed(folder, "prompt", "evaluate", "invite", *panel)
    assert (found["evaluation"]["version"], found["before"]["version"]) == (2, 1)
    assert "version 1" in run(folder, "prompt", "evaluate", "invite", *panel).stdout
    names = {each["name"] for each in printed(folder, "prompt", "list")}
    assert {"invite", "short", "offer", "improve"} == names
    assert "no model" in str(run(folder, "prompt", "improve", "invite", *panel).exception)


def test_titles_are_found_in_the_catalog(folder: Path) -> None:
    """Each filter leaves fewer; what is found can be added."""
    catalog_in(folder)
    at = ("--catalog", folder / "catalog")
    everything = printed(folder, "promoted", "find", *at)
    one = everything[0]["id"]
    about = {"title_id": one, "genres": ["Crime"], "kind": "film", "released": "2026-02-01"}
    (folder / "titles.jsonl").write_text(json.dumps(about) + "\n")
    filters = ("--genre", "crime", "--kind", "film", "--after", "2026-01-01")
    found = printed(folder, "promoted", "find", *at, *filters, "--titles", folder / "titles.jsonl")
    assert len(everything) > 1
    assert [each["id"] for each in found] == [one]
    assert found[0]["facts"]["release_date"] == "2026-02-01"
    added = ("promoted", "find", *at, "--name", everything[0]["facts"]["title"], "--add")
    assert printed(folder, *added)["changed"] == [f"title:{one}"]
    assert run(folder, "promoted", "find", *at, "--genre", "Opera").exit_code == 1


def test_bad_arguments_are_named(folder: Path) -> None:
    """Each says what is wrong, and nothing is kept."""
    for arguments, message in (
        (("draft", "nocturne", "--language", "en", "--channel", "sms"), "names nothing"),
        (("draft", "title:x", "--language", "en", "--channel", "sms"), "no title 'x'"),
        ((*DRAFT[:2], "--language", "klingonese", "--channel", "sms"), "no language"),
        ((*DRAFT[:2], "--language", "en", "--channel", "pigeon"), "no channel"),
        ((*DRAFT, "--prompt", "nope"), "no prompt 'nope'"),
        ((*DRAFT, "--writer", "nope"), "no writer 'nope'"),
        (("approve", "0000"), "No line of digest"),
    ):
        assert message in str(run(folder, *arguments).exception)
    assert printed(folder, "lines") == []


def test_a_process_without_a_user_name_leaves_a_record(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container whose user has no name, drafts are kept all the same."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 2**31 - 5)
    assert len(printed(folder, *DRAFT)) == 2
