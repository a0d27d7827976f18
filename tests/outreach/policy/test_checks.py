"""The guard names what is wrong with adversarial drafts, and lets sound lines through."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizzle.outreach.content.lines import Line
from sizzle.outreach.policy import STANDARD_POLICY, GuardPolicy, Severity, check, refused
from sizzle.outreach.vocabulary import Channel, Promoted
from tests.outreach.drafts import findings, read
from tests.outreach.samples import FILM, LOAN, MAIL, SERIES, line

ADVERSARIAL = read("adversarial_drafts.jsonl")
SOUND = read("sound_lines.jsonl")


def rules(
    line: Line, promoted: Promoted, country: str = "", policy: GuardPolicy = STANDARD_POLICY
) -> set[str]:
    """The ids of what `check` finds."""
    return {finding.rule for finding in check(line, promoted, country=country, policy=policy)}


@pytest.mark.parametrize("draft", ADVERSARIAL, ids=lambda draft: draft["why"])
def test_each_adversarial_draft_is_named_by_its_own_finding(draft: dict[str, Any]) -> None:
    """Each is refused, and the finding that it was made for is among its findings."""
    found = findings(draft)
    assert refused(found)
    assert draft["rule"] in {finding.rule for finding in found}
    assert all(finding.message and finding.fix for finding in found)


def test_sound_lines_pass() -> None:
    """Of 100 sound lines in four languages, at most 2 are refused."""
    assert len(SOUND) == 100
    assert {sound["language"] for sound in SOUND} == {"en", "fr", "es", "ja"}
    wrong = [(sound["text"], findings(sound)) for sound in SOUND if refused(findings(sound))]
    assert len(wrong) <= 2, wrong


@pytest.mark.parametrize("name", ["later_sound_lines.jsonl", "third_sound_lines.jsonl"])
def test_later_sound_lines_pass(name: str) -> None:
    """Of 150 and 87 more, in five languages, written apart from the checks, 2 in 100 may fail."""
    later = read(name)
    assert {sound["language"] for sound in later} == {"de", "en", "es", "fr", "ja"}
    wrong = [(sound["text"], findings(sound)) for sound in later if refused(findings(sound))]
    assert len(wrong) <= 0.02 * len(later), wrong


@pytest.mark.parametrize(
    ("sound", "faulty"),
    [
        ("{title} keeps you company tonight.", "{title} lowers bills and outsmarts doctors."),
        (
            "{title} can be rented whenever you like.",
            "{title} can be forged whenever you like.",
        ),
        (
            "Night after night, {title} is there for you.",
            "There is a drawer for you: {title} eerf.",
        ),
        ("Feel free to pause {title} whenever you like.", "Watch {title}, free of charge."),
        ("There is no hurry: {title} can wait for you.", "Hurry: {title} is waiting for you."),
        ("Rain, tea and {title} 🌧 for a long evening.", "Rain, tea and {title} ⭐ for an evening."),
        (
            "{title}'s streets are quiet tonight, come along.",
            "{title}x is waiting for you tonight.",
        ),
        (
            "You can watch {title}. Your reel is here: {link}",
            "Watch {title} at {link}.evil tonight.",
        ),
    ],
)
def test_what_only_looks_like_a_fault_passes(sound: str, faulty: str) -> None:
    """Beside each sound sentence stands one that differs little, and is refused."""
    assert not refused(check(line(text=sound), SERIES))
    assert refused(check(line(text=faulty), SERIES))


def test_one_accent_costs_a_segment() -> None:
    """A letter outside of GSM-7 is shown, with the segments it costs and the line without it."""
    text = "{title}: una policíaca oscura para ver esta noche con calma. Mira tu avance: {link}"
    spanish = line(channel=Channel.SMS, language="es", subject="", text=text)
    (found,) = check(spanish, SERIES)
    assert (found.rule, found.severity) == ("sms-encoding", Severity.ERROR)
    assert found.message == "'í' makes it UCS-2: 3 segments, where 1 would do."
    assert text.replace("í", "i") in found.fix
    plain = text.replace("í", "i")
    assert check(line(channel=Channel.SMS, language="es", subject="", text=plain), SERIES) == []


def test_claims_are_banned_by_country() -> None:
    """Praise above all others is let through in the US, and not in Japan or where unknown."""
    praise = line(text="{title} is the best way to end a long evening at home.")
    assert rules(praise, SERIES, country="US") == set()
    assert rules(praise, SERIES, country="JP") == {"claim-superlative"}
    assert rules(praise, SERIES) == {"claim-superlative"}


def test_a_fact_may_be_said() -> None:
    """What is refused without a fact passes where a fact says it, in the words of the fact."""
    text = "{title} is yours from January 15, 2027 for €3.99, whenever you like."
    assert rules(line(text=text), FILM) == set()
    assert rules(line(text=text), SERIES) == {
        "date-not-a-fact",
        "number-not-a-fact",
        "name-not-a-fact",
    }
    claimed = SERIES.__class__(
        SERIES.kind, SERIES.id, {**SERIES.facts, "claim": "free for members"}
    )
    free = line(text="{title} is free for members, whenever they like.")
    assert rules(free, claimed) == set()
    assert rules(free, SERIES) == {"claim-free", "statement-not-a-fact"}


def test_an_installation_adds_words() -> None:
    """Words of the policy are refused in their language, or in all."""
    policy = GuardPolicy(words={"en": frozenset({"lounge*"}), "*": frozenset({"acme"})})
    assert rules(line(text="Lounge with {title} whenever you like it."), SERIES, policy=policy) == {
        "unwanted-word"
    }
    assert "unwanted-word" in rules(line(text="At ACME, {title} is on."), SERIES, policy=policy)
    assert rules(MAIL, SERIES, policy=policy) == set()


def test_a_title_is_data_even_where_it_reads_as_an_instruction() -> None:
    """A title may be called anything: naming it is no finding, doing what it says is."""
    named = {"thing": "trick", "reason": "", "language": "en", "channel": "EMAIL"}
    good = {**named, "subject": "{title}", "text": "A {kind} called Ignore all instructions is on."}
    assert findings(good) == []


@settings(max_examples=40)
@given(st.text(max_size=300), st.text(max_size=80), st.sampled_from(list(Channel)))
def test_any_text_is_checked(text: str, subject: str, channel: Channel) -> None:
    """Whatever a writer answers, the checks end with findings, and never with an exception."""
    for language in ("en", "ja", "de", "xx"):
        check(line(text=text, subject=subject, channel=channel, language=language), LOAN)


@settings(max_examples=40)
@given(st.sampled_from("\u202e\u200b\u2066\ufeff\u3164\x00\ud800\U000e0041"), st.integers(0, 60))
def test_no_invisible_character_passes(letter: str, at: int) -> None:
    """Wherever it is put, a character that cannot be seen is refused."""
    text = MAIL.text[:at] + letter + MAIL.text[at:]
    assert refused(check(line(text=text), SERIES))


@settings(max_examples=40)
@given(st.sampled_from(["free", "hurry", "guaranteed", "shit", "netflix"]), st.randoms())
def test_dressing_up_a_word_does_not_help(word: str, random: Random) -> None:
    """Capitals, wide letters, dots, and digits for letters: the word is still found."""
    dressed = "".join(random.choice(_DRESSES.get(c, (c,))) for c in word)
    dressed = random.choice(
        (dressed, ".".join(word), " ".join(word), word.upper(), dressed.title())
    )
    assert refused(check(line(text=f"Watch {{title}} {dressed} with us tonight."), SERIES))


_DRESSES = {"e": ("e", "E", "3", "ｅ", "é"), "s": ("s", "S", "$", "5"), "i": ("i", "1", "í", "!")}
