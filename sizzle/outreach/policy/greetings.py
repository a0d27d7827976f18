"""Finds whom a text greets: somebody other than the member, whose name only `{name}` has."""

from __future__ import annotations

import re
from typing import Final

from sizzle.outreach.policy.masking import FACT
from sizzle.outreach.policy.words.language_words import phrases, words

_GREETINGS: Final = "|".join(
    phrases("""
        hello, hi, hey, dear, good (?:morning|evening|afternoon), hallo, liebe[rs]?, moin, servus,
        guten (?:tag|abend|morgen), bonjour, bonsoir, salut, coucou, ch[eè]re?s?, hola,
        querid[oa]s?, estimad[oa]s?, buen[oa]s (?:d[ií]as|tardes|noches), ciao, car[oaie],
        buon(?:giorno|asera), salve, ol[aá], oi, bom dia, boa noite, prezad[oa]
    """)
)
_GREETING: Final = re.compile(
    rf"(?:^|(?<=[.!?…:;,]\s)|(?<=\n))¡?(?:{_GREETINGS}),? (?P<name>[^\W\d_]+)(?= ?[,:!.\n]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_CALLED: Final = re.compile(rf"^([A-ZÄÖÜ][^\W\d_]+), {FACT}")  # "Sabine, {{title}} wartet"
_ANYBODY: Final = words("""
    hallo hey pst psst na endlich achtung heute jetzt also übrigens ja nein klar tee licht vorhang
    there all everyone everybody again friends friend you team folks neighbour neighbor stranger
    alle allerseits zusammen freunde nochmal wieder filmfreunde serienfans
    tous toutes à amis amies vous encore rebonjour cinéphile cinéphiles
    todos todas a amigos amigas amigo amiga otra de cinéfilos
    tutti tutte amici amiche a ancora gente pessoal turma amigos
""")
_JAPANESE: Final = re.compile(
    r"(?:^|(?<=[、。！？\n]))(?P<name>[ぁ-んァ-ヴー々\u4e00-\u9fff]{1,8}?)"
    r"(?:さん|さま|様|くん|君|ちゃん|殿|先生)(?=[、。へ！!\s\n]|$)",
    re.MULTILINE,
)
_JAPANESE_ANYBODY: Final = words(
    "みな 皆 みなみな お客 たく お子 神 王 おかあ おとう お母 お父 奥 同 多 一 異 諸"
)


def greeted(text: str, language: str) -> list[str]:
    """The words that a text, without its facts, addresses somebody by."""
    pattern, anybody = (_JAPANESE, _JAPANESE_ANYBODY) if language == "ja" else (_GREETING, _ANYBODY)
    names = [match["name"] for match in pattern.finditer(text)]
    names += _CALLED.findall(text) if language == "de" else ()
    return [name for name in names if FACT not in name and name.casefold() not in anybody]
