"""Whole mails: what we compose has no finding, and each fault that is put in has its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sizzle.outreach.policy.mail_checks import check_mail
from tests.outreach.content.sample_messages import BASE, LINKS, SENDER, mail

HOSTS = ("reels.example.com",)
MAIL = mail()


def rules(**changes: str) -> set[str]:
    """The ids of what is found in the mail with other fields."""
    return {
        finding.rule
        for finding in check_mail(replace(MAIL, **changes), HOSTS, SENDER.postal_address)
    }


def test_what_we_compose_has_no_finding() -> None:
    """The layout is well formed, its pictures have texts, and no other host is in it."""
    assert check_mail(MAIL, HOSTS, SENDER.postal_address) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("</body>", "<p>open</body>", "malformed-markup"),
        ("</body>", "</div></body>", "malformed-markup"),
        ("</body>", "<img src='https://reels.example.com/x.jpg'></body>", "image-without-alt"),
        ("</body>", "<script>1</script></body>", "active-markup"),
        ("</body>", "<p onclick='x'>a</p></body>", "active-markup"),
        ("</body>", "<a href='https://evil.example/'>a</a></body>", "foreign-host"),
        ("</body>", "<a href='https://reels.example.com.evil/'>a</a></body>", "foreign-host"),
        ("</body>", "<a href='javascript:alert(1)'>a</a></body>", "foreign-host"),
        ("</body>", "<a href='//evil.example/'>a</a></body>", "foreign-host"),
        ("</body>", "<p style='background:url(https://evil/a)'>a</p></body>", "foreign-host"),
        ("</head>", "<style>@import 'https://fonts.example/a';</style></head>", "foreign-host"),
        (" lang=", " data-lang=", "no-language"),
        (LINKS.unsubscribe, f"{BASE}/u/other", "no-unsubscribe"),
        ("Dover", "Calais", "no-postal-address"),
    ],
)  # fmt: skip
def test_each_fault_of_the_html_is_named(old: str, new: str, rule: str) -> None:
    """Planted in a mail that is sound otherwise."""
    assert old in MAIL.html
    assert rules(html=MAIL.html.replace(old, new)) == {rule}


def test_faults_elsewhere_are_named() -> None:
    """The plain text needs the same as the HTML, and headers stay on their lines."""
    assert rules(text=MAIL.text.replace(LINKS.unsubscribe, "")) == {"no-unsubscribe"}
    assert rules(text=MAIL.text.replace("Dover", "")) == {"no-postal-address"}
    assert rules(text=f"{MAIL.text} https://evil.example/") == {"foreign-host"}
    assert rules(subject="a\r\nBcc: b@example.com") == {"newline-in-subject"}
    assert rules(sender="a@example.com\n") == {"newline-in-header"}
    assert rules(unsubscribe="", html="<html lang='en'></html>", text="Hello") == set()
