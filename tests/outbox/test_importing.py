"""Imports of members: good rows are kept, others refused by number, and nothing counts twice."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

import sizzle.outbox.importing.importer as module
from sizzle.database import Database
from sizzle.errors import InputError
from sizzle.outbox.importing import ImportOptions, ImportReport
from sizzle.outreach.members.consent import Verdict
from sizzle.outreach.vocabulary import MemberProfile
from tests.databases import new_database
from tests.outbox.imports import NOW, Imports
from tests.outbox.sample_members import AWS


@pytest.fixture
def database(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of SQLite, with empty tables."""
    found = Database(new_database("sqlite", tmp_path, tmp_path_factory))
    yield found
    found.close()


@pytest.fixture
def imports(database: Database, tmp_path: Path) -> Imports:
    """Into an empty database."""
    return Imports(database, tmp_path)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_sample_of_aws(url: URL, tmp_path: Path, ending: str) -> None:
    """Two of three rows are kept, and the same file again changes nothing."""
    database = Database(url)
    database.upgrade()
    imports = Imports(database, tmp_path)
    first = imports(AWS.replace("\n", ending))
    assert (first.rows, first.added, first.refused) == (3, 2, 1)
    short, plus = first.findings
    assert (short.row, short.refused) == (4, True)
    assert short.what == "5 values under 6 headers."
    assert (plus.row, plus.refused, plus.rule) == (2, False, "phone-without-plus")
    assert plus.fix == "write it as +12065550182."
    assert imports.addresses("example-user-id-1") == ["+12065550182"]
    assert imports.profile("example-user-id-2").country == "US"
    again = imports(AWS.replace("\n", ending))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert again.summary() == "Nothing changed: 2 of 3 rows were known, 1 refused."
    database.close()


def test_a_number_without_plus_and_country_is_refused_with_its_fix(imports: Imports) -> None:
    """Given a country for such numbers, it is read."""
    content = "member_id,phone\nada,020 7946 0958\n"
    (finding,) = imports(content).findings
    assert finding.refused
    assert "has no + and country code" in finding.what
    assert finding.fix
    assert imports(content, country="GB").added == 1
    assert imports.addresses("ada") == ["+442079460958"]


def test_a_file_of_members(imports: Imports) -> None:
    """Headers in any case; what is no field is an attribute; empty cells say nothing."""
    content = (
        "Customer ID;Name;E-Mail;Mobile;Birthday;Locale;Timezone;Country;ManagementOrRetired\n"
        "ada; Ada  L. ;Ada@EXAMPLE.com;+44 20 7946 0958;1984;en_gb;europe/london;GBR;Management\n"
        "ben;;;;2020-02-31;gibberish;Mars/Base;Atlantis;\n"
    )
    report = imports(content)
    assert report.added == 2
    ada = imports.profile("ada")
    assert (ada.name, ada.language, ada.zone, ada.country) == (
        "Ada L.", "en-GB", "Europe/London", "GB",
    )  # fmt: skip
    assert ada.attributes == {"ManagementOrRetired": ("Management",)}
    assert imports.addresses("ada") == ["+442079460958", "Ada@example.com"]
    assert imports.profile("ben") == MemberProfile("ben")
    rules = {finding.rule for finding in report.findings}
    assert rules == {"unknown-birth-date", "unknown-language", "unknown-zone", "unknown-country"}
    assert imports("member_id,name\nada,\n").unchanged == 1
    assert imports.profile("ada").name == "Ada L."


def test_json_lines_of_pinpoint(imports: Imports) -> None:
    """With lists of values, compressed; attributes of two endpoints are one member's."""
    rows = [
        {
            "Id": "e1", "ChannelType": "EMAIL", "Address": "a@x.org", "OptOut": "NONE",
            "Demographic": {"Locale": "fr_FR", "Timezone": "Europe/Paris"},
            "User": {"UserId": "ada", "UserAttributes": {"genres": ["Crime", "Drama"]}},
            "EffectiveDate": "2026-01-01T00:00:00Z", "CohortId": "12", "Metrics": {"age": 3},
        },
        {"Id": "e2", "ChannelType": "GCM", "Address": "t", "User": {"UserId": "ada"}},
        {"ChannelType": "GCM", "Address": "nobody's"},
    ]  # fmt: skip
    content = gzip.compress("\n".join(map(json.dumps, rows)).encode())
    report = imports(content)
    assert (report.added, report.by_rule) == (3, {"no-member": 1})
    ada = imports.profile("ada")
    assert (ada.language, ada.zone) == ("fr-FR", "Europe/Paris")
    assert ada.attributes == {"genres": ("Crime", "Drama")}
    assert imports(content).unchanged == 3
    damaged = imports.importer()
    path = Path(imports.database.name.removeprefix("sqlite:///")).parent / "cut.gz"
    path.write_bytes(content[:-20])
    with pytest.raises(InputError, match="damaged"):
        damaged.run(path, ImportOptions())


def test_csv_of_pinpoint_with_dotted_headers(imports: Imports) -> None:
    """Numbered columns are one list; metrics are numbers."""
    content = (
        "channeltype,Address,User.UserId,User.UserAttributes.Team.0,User.UserAttributes.Team.1,"
        "Attributes.plan,Metrics.visits,Location.Latitude\n"
        "EMAIL,a@x.org,ada,red,blue,gold,12,1.5\n"
        "EMAIL,b@x.org,ben,,,,many,\n"
    )
    report = imports(content)
    assert (report.added, report.refused) == (1, 1)
    assert imports.profile("ada").attributes == {"Team": ("red", "blue")}
    with imports.database.reading() as connection:
        (endpoint,) = imports.members.endpoints(connection, ["ada"])
    assert endpoint.fields.metrics == {"visits": 12.0}
    assert endpoint.fields.attributes == {"plan": ["gold"]}


def test_an_opted_out_address_stays_so(imports: Imports) -> None:
    """Whatever an import says, unless it has a newer consent with its time."""
    out = {"ChannelType": "EMAIL", "Address": "a@x.org", "User": {"UserId": "ada"}, "Id": "e"}
    imports(json.dumps({**out, "OptOut": "ALL"}))
    assert imports.verdict("A@X.org") is Verdict.OPTED_OUT
    for said in ({"OptOut": "NONE"}, {"OptOut": "NONE", "EffectiveDate": "2027-01-01T00:00:00Z"}):
        report = imports(json.dumps({**out, **said}))
        assert report.by_rule["opt-out-kept"] == 1
    for cells in ("opted in,", "opted in,2020-01-01T00:00:00Z", "yes,2126-01-01"):
        imports(f"member_id,email,consent,consent_at\nada,a@x.org,{cells}\n")
    assert imports.verdict("a@x.org") is Verdict.OPTED_OUT
    imports.now += 86_400_000
    newer = "member_id,email,consent,consent_at\nada,a@x.org,opted in,2026-11-30T12:53:20Z\n"
    assert imports(newer).refused == 0
    assert imports.verdict("a@x.org") is Verdict.OPTED_IN
    assert imports(newer).unchanged == 1
    imports(newer.replace("consent_at", "consent_topic").replace("opted in,2026-11-30T12:53:20Z", "out,news"))  # fmt: skip  # noqa: E501
    assert imports.verdict("a@x.org", "news") is Verdict.OPTED_OUT
    assert imports.verdict("a@x.org", "other") is Verdict.OPTED_IN


def test_an_erased_member_does_not_come_back_by_an_old_file(imports: Imports) -> None:
    """Unless that is asked for; what was opted out stays suppressed even then."""
    content = "member_id,email,consent\nada,a@x.org,no\nben,b@x.org,\n"
    imports(content)
    imports.log.erase("ada", NOW)
    imports.members.erase("ada", NOW)
    report = imports(content)
    assert (report.refused, report.unchanged) == (1, 1)
    assert "was erased on 2026-11-30" in report.findings[0].what
    assert imports.members.profile("ada") is None
    back = imports(content, allow_erased=True)
    assert (back.added, back.by_rule["suppressed"]) == (1, 1)
    with imports.database.reading() as connection:
        assert imports.members.suppressions.of(connection, "EMAIL", "a@x.org") is not None


def test_two_members_with_one_address_and_ids_that_differ_in_case(imports: Imports) -> None:
    """Both are kept, and said."""
    report = imports("member_id,email\nAda,a@x.org\nada,a@x.org\n")
    assert (report.added, report.by_rule) == (2, {"shared-address": 1})
    assert imports.addresses("Ada") == imports.addresses("ada") == ["a@x.org"]
    assert imports("member_id,email\nben,a@x.org\n").by_rule == {"shared-address": 1}


@pytest.mark.parametrize(
    "encoded",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode("latin-1"),
        lambda text: ("sep=,\n" + text).encode("cp1252"),
    ],
)
def test_files_in_other_encodings(imports: Imports, encoded: Callable[[str], bytes]) -> None:
    """Names come out as they were written."""
    report = imports(encoded("member_id,name\nzoë,Zoë Nuñez\n"))
    assert report.added == 1
    assert imports.profile("zoë").name == "Zoë Nuñez"


HOSTILE = {
    "NUL": ("ada\0,x,a@x.org", "NUL"),
    "a number of another length": (f"{'x' * 101},x,a@x.org", "cannot be a member's id"),
    "direction": ("a\u202eda,x,a@x.org", "cannot be a member's id"),
    "no id": (",x,a@x.org", "has no id"),
    "no address": ("ada,x,not an address", "is not an address of mail"),
    "header injection": ('ada,x,"a@x.org\nBcc: all@x.org"', "is not an address of mail"),
    "a cell of 1 MB": (f"ada,{'x' * 2**20},a@x.org", "field larger"),
    "a row of 5 MB": (f"ada,{'x,' * (5 << 19)},a@x.org", "longer than"),
    "a quote that never ends": ('ada,"x,a@x.org', "under 3 headers"),
}


@pytest.mark.parametrize("fault", HOSTILE)
def test_bad_rows_are_refused_and_others_kept(imports: Imports, fault: str) -> None:
    """By their number, with a reason and a fix."""
    row, why = HOSTILE[fault]
    report = imports(f"member_id,name,email\ngood,x,g@x.org\n{row}\nlast,,l@x.org\n")
    (finding,) = (one for one in report.findings if one.refused)
    assert why in finding.what
    assert finding.row == 3
    assert finding.fix
    kept = {"good", "last"} if "never ends" not in fault else {"good"}
    assert {m for m in ("good", "last", "ada") if imports.members.profile(m)} == kept


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "empty"),
        ("PK\x03\x04rest", "workbook"),
        ("x," * 1_000_000 + "x\n", "1000001 columns"),
        ("x," * 3_000_000 + "x\n", "longer than"),
        ("a,a\n1,2\n", "is there twice"),
        ("a,,b\n1,2,3\n", "Column 2 has no header"),
    ],
)
def test_files_of_which_nothing_can_be_read(imports: Imports, content: str, why: str) -> None:
    """With what is wrong with them."""
    with pytest.raises(InputError, match=why):
        imports(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_lines_that_end_in_carriage_returns_alone(imports: Imports, encoding: str) -> None:
    """As spreadsheets save CSV "for Macintosh": each row is found, by its number too."""
    report = imports("member_id,name\rada,Zoë\r,x\rben,Bo\r".encode(encoding))
    assert (imports.profile("ada").name, imports.profile("ben").name) == ("Zoë", "Bo")
    assert [one.row for one in report.findings if one.refused] == [3]


def test_formulas_are_text_like_any_other(imports: Imports) -> None:
    """They are kept as they are: no part of the program computes them."""
    formula = '=HYPERLINK("http://x.org";A1)'
    imports(f'member_id,name,note\nada,"{formula.replace(chr(34), chr(34) * 2)}",+1+1\n')
    ada = imports.profile("ada")
    assert (ada.name, ada.attributes) == (formula, {"note": ("+1+1",)})


def test_what_was_committed_stays_and_the_same_file_completes_it(
    imports: Imports, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Batches are kept whole: one that fails leaves nothing of itself."""
    monkeypatch.setattr(module, "BATCH", 10)
    content = "member_id,email\n" + "".join(f"m{n},m{n}@x.org\n" for n in range(35))
    path = tmp_path / "many.csv"
    path.write_text(content)
    seen: list[tuple[int, int]] = []

    def stop(done: int, report: ImportReport) -> None:
        seen.append((done, report.rows))
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.importer().run(path, ImportOptions(), progress=stop)
    assert imports.members.count() == 20
    report = imports.importer().run(path, ImportOptions())
    assert (report.unchanged, report.added) == (20, 15)
    assert seen[0][0] > 0
    assert [rows for _, rows in seen] == [10, 20]


def test_long_rows_make_small_batches(
    imports: Imports, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Memory is bounded by letters too: 2,000 rows of the longest kind would be 8 GB."""
    monkeypatch.setattr(module, "BATCH_CHARACTERS", 100_000)
    path = tmp_path / "long.csv"
    path.write_text("member_id,note\n" + "".join(f"m{n},{'x' * 50_000}\n" for n in range(9)))
    seen: list[int] = []
    report = imports.importer().run(
        path, ImportOptions(), progress=lambda _, so_far: seen.append(so_far.rows)
    )
    assert (report.rows, seen) == (9, [2, 4, 6, 8, 9])


def test_a_member_has_at_most_ten_endpoints(imports: Imports) -> None:
    """The eleventh is refused, in the same file or another."""
    rows = "".join(f"EMAIL,a{n}@x.org,ada\n" for n in range(11))
    report = imports("ChannelType,Address,User.UserId\n" + rows)
    assert (report.added, report.refused, report.findings[0].row) == (10, 1, 12)
    assert imports("ChannelType,Address,User.UserId\nEMAIL,b@x.org,ada\n").refused == 1
