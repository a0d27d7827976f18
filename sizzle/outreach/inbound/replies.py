"""What an answer to a text message asks for: to stop, to start again, or neither."""

from __future__ import annotations

import unicodedata
from typing import Final

from sizzle.outreach.inbound.notice import NoticeKind

# As operators and the rules of countries name them; folded as `_folded` folds what is compared.
_STOP_WORDS: Final = {
    "en": "stop stopall unsubscribe cancel end quit optout revoke",
    "fr": "arret arreter desabonner desinscription",
    "es": "alto parar baja cancelar detener",
    "pt": "sair cancele pare remover",
    "de": "stopp abmelden abbestellen ende",
    "it": "basta annulla disiscrivi",
    "nl": "afmelden stoppen",
    "sv, da, nb, fi": "avsluta avregistrera afmeld avslutt lopeta",
    "pl, cs": "rezygnuje wypisz zrus odhlasit",
    "tr": "iptal dur",
    "ru": "стоп отписаться отмена",
    "he": "עצור הסר",
    "ar": "ايقاف توقف الغاء",
    "ja": "停止 配信停止 解除 ストップ",
    "zh": "退订 退訂 取消",
    "ko": "중지 수신거부",
}
_START_WORDS: Final = "start unstop subscribe demarrer reprendre iniciar 再開 开始"


def reply_kind(text: str) -> NoticeKind | None:
    """What a whole answer asks for, in capitals or not, with accents and points or without."""
    words = [_folded(word) for word in text[:200].split()]
    words = [word for word in words if word]
    if not words or len(words) > 2:
        return None
    if any(word in _STOP for word in (words[0], "".join(words))):
        return NoticeKind.STOP
    if len(words) == 1 and words[0] in _START:
        return NoticeKind.START
    return None


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return unicodedata.normalize("NFC", "".join(filter(str.isalnum, plain)))


_STOP: Final = frozenset(_folded(word) for words in _STOP_WORDS.values() for word in words.split())
_START: Final = frozenset(map(_folded, _START_WORDS.split()))
