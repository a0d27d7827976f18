"""Members as programs export them: their columns are known, and no opt-out of theirs is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sizzle.database import Database
from sizzle.errors import InputError
from sizzle.outbox.importing.columns import own_columns
from sizzle.outreach.members.consent import Verdict
from sizzle.outreach.normalise import (
    InvalidValueError,
    birth_date_text,
    consent_word,
    country_code,
    language_tag,
    mail_address,
    phone_number,
)
from tests.databases import new_database
from tests.outbox.imports import Imports

EXPORTS = {
    "Mailchimp": "Email Address,First Name,Phone Number,Birthday,OPTIN_TIME,TIMEZONE,CC,"
    "UNSUB_TIME,EUID\n"
    "in@example.com,Ann,(217) 555-0100,05/17,2025-01-02 10:00:00,America/Chicago,US,,a1\n"
    "out@example.com,Bo,,,2025-01-02 10:00:00,Europe/Paris,FR,2026-01-02 10:01:00,a2\n",
    "HubSpot": "Record ID,First Name,Email,Preferred language,Country/Region,Time Zone,"
    "Unsubscribed from all email\n"
    "501,Ann,in@example.com,en-us,United States,america_slash_chicago,false\n"
    "502,Kai,out@example.com,ja,Japan,asia_slash_tokyo,true\n",
    "Salesforce": "Id,FirstName,LastName,Email,Phone,MobilePhone,MailingCountry,"
    "HasOptedOutOfEmail\n"
    "0035g1,Ann,Lee,in@example.com,,(415) 555-2671,United States,false\n"
    "0035g2,Max,Maier,out@example.com,,,Germany,true\n",
    "Marketing Cloud": "Subscriber Key,Email Address,Status,Locale,Mobile Number\n"
    "k1,in@example.com,Active,en-GB,447911123456\nk2,out@example.com,Unsubscribed,fr-FR,\n",
    "Braze": "external_id,first_name,email,dob,email_subscribe\n"
    "b1,Ann,in@example.com,1980-05-17,opted_in\nb2,Bo,out@example.com,,unsubscribed\n",
    "Klaviyo": "Email,Klaviyo ID,First Name,Timezone,Email Marketing Consent,SMS Consent\n"
    "in@example.com,01H,Ann,US/Eastern,SUBSCRIBED,NEVER_SUBSCRIBED\n"
    "out@example.com,01J,Bo,,UNSUBSCRIBED,UNSUBSCRIBED\n",
    "Excel": "sep=;\r\nCustomer ID;Name;E-mail;Sprache;Einwilligung;Consent\r\n"
    "u1;Zoë;in@example.com;Deutsch;x;ja\r\nu2;Max;out@example.com;Deutsch;;nein\r\n",
}


@pytest.fixture
def imports(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imports]:
    """Into an empty database."""
    database = Database(new_database("sqlite", tmp_path, tmp_path_factory))
    yield Imports(database, tmp_path)
    database.close()


@pytest.mark.parametrize("program", EXPORTS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_exports_of_programs(imports: Imports, program: str, encoding: str) -> None:
    """All rows are kept, who opted out there is opted out here, and again nothing changes."""
    content = EXPORTS[program].encode(encoding)
    report = imports(content, country="US")
    assert (report.rows, report.added, report.refused) == (2, 2, 0), report.findings
    assert imports.verdict("out@example.com") is Verdict.OPTED_OUT
    assert imports.verdict("in@example.com") is not Verdict.OPTED_OUT
    again = imports(content, country="US")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)


def test_what_is_consented_to_by_mail_is_not_by_telephone(imports: Imports) -> None:
    """A column of one channel says nothing of the other."""
    imports("external_id,email,phone,email_subscribe\nb1,in@example.com,+442079460958,opted_in\n")
    assert imports.verdict("in@example.com") is Verdict.OPTED_IN
    with imports.database.reading() as connection:
        consents = imports.members.consents
        assert consents.allowed(connection, "SMS", "+442079460958", "") is Verdict.UNKNOWN


def test_an_opt_out_wins_over_a_consent_beside_it(imports: Imports) -> None:
    """Whichever column is first."""
    for number, header in enumerate(("consent,Unsubscribed", "Unsubscribed,consent")):
        imports(f"id,email,{header}\nm{number},m{number}@example.com,yes,yes\n")
        assert imports.verdict(f"m{number}@example.com") is Verdict.OPTED_OUT


def test_a_field_has_one_column() -> None:
    """That of its own name, else the first of the others, which become attributes."""
    columns = own_columns(["MobilePhone", "phone", "Id", "Customer ID"])
    assert [column.name for column in columns] == [
        "MobilePhone",
        "phone",
        "member_id",
        "Customer ID",
    ]
    assert [column.is_list for column in columns] == [True, False, False, True]
    with pytest.raises(InputError, match="No column has the ids of members; there are 'a, b'"):
        own_columns(["a", "b"])


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        *(
            ("English", "en"),
            ("inglés", "en"),
            ("anglais", "en"),
            ("eng", "en"),
            ("EN_us", "en-US"),
        ),
        *(("Deutsch", "de"), ("de_DE.UTF-8@euro", "de-DE"), ("English (UK)", "en-GB")),
        *(("Brazilian Portuguese", "pt-BR"), ("Português (Brasil)", "pt-BR"), ("日本語", "ja")),
        *(("Traditional Chinese", "zh-Hant"), ("Français (Canada)", "fr-CA"), ("iw", "he")),
    ],
)
def test_ways_to_write_a_language(written: str, tag: str) -> None:
    """Tags, names in several languages, and locales of systems are one tag."""
    assert language_tag(written) == tag


def test_other_values_as_people_write_them() -> None:
    """Dates that can be one day alone, countries, addresses and numbers; others are refused."""
    for written in ("1980-05-17", "17.05.1980", "1980/5/17", "05/17/1980", "1980-05-17T00:00:00Z"):
        assert birth_date_text(written) == "1980-05-17"
    assert [country_code(name) for name in ("日本", "Deutschland", "USA")] == ["JP", "DE", "US"]
    assert mail_address("Ann <ann@Example.com>") == mail_address("mailto:ann@example.com")
    assert phone_number("33612345678", "US").number == "+33612345678"
    assert [consent_word(word) for word in ("Opt_In", "nein", "pending")] == [True, False, None]
    for read, text in (
        (birth_date_text, "05/06/1980"),
        (consent_word, "perhaps"),
        (language_tag, "jp"),
        (mail_address, "Ann <ann@example.com"),
    ):
        with pytest.raises(InvalidValueError):
            read(text)
