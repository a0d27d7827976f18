"""The fixed words of messages, by language: what stands around an approved line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

RIGHT_TO_LEFT: Final = frozenset(("ar", "fa", "he", "ur", "yi", "ps", "sd", "ckb", "dv", "ug"))
"""Languages that are written from right to left, unless their tag names another script."""

FALLBACK: Final = "en"

_LEFT_TO_RIGHT_SCRIPTS: Final = frozenset(("latn", "cyrl"))


@dataclass(frozen=True, slots=True)
class Phrases:
    """What messages and pages say in a language.

    Attributes:
        language: its tag.
        watch: the button that leads to the reel.
        in_reel: the heading of its titles.
        still_of: the alternative text of a picture, with the slot `{title}`.
        because: why the member gets a mail, with the slot `{sender}`: true also where consent is
            assumed, as it is by default.
        service: why the member gets a transactional mail, with the slot `{sender}`.
        unsubscribe: the link, and the button of the page.
        unsubscribe_ask: the question of the page.
        unsubscribed: what it says afterwards.
        newest: the page of a reel that can no longer be replayed.
        play: the button on the picture.
        made_for_you: the heading of the page.
        gone: the page without any reel.
        broken_link: the page of an address that is none.
        try_later: the page where something is out of order.
    """

    language: str
    watch: str
    in_reel: str
    still_of: str
    because: str
    service: str
    unsubscribe: str
    unsubscribe_ask: str
    unsubscribed: str
    newest: str
    play: str
    made_for_you: str
    gone: str
    broken_link: str
    try_later: str


_ALL: Final = (
    Phrases(
        "en",
        watch="Watch your reel",
        in_reel="In your reel",
        still_of="A scene from {title}",
        because="You get this mail because you are a member of {sender}.",
        service="This is a message about your account with {sender}.",
        unsubscribe="Unsubscribe",
        unsubscribe_ask="Do you want to stop getting these messages?",
        unsubscribed="Done. You will get no more of these messages.",
        newest="The reel that you were sent is no longer kept. This is your newest one.",
        play="Play",
        made_for_you="Made for you",
        gone="There is no reel to play here at the moment.",
        broken_link="This link does not work. Please open it as it came in the message.",
        try_later="This does not work at the moment. Please try again later.",
    ),
    Phrases(
        "fr",
        watch="Voir votre bande-annonce",
        in_reel="Dans votre bande-annonce",
        still_of="Une scène de {title}",
        because="Vous recevez ce message car vous êtes membre de {sender}.",
        service="Ce message concerne votre compte chez {sender}.",
        unsubscribe="Se désabonner",
        unsubscribe_ask="Voulez-vous ne plus recevoir ces messages ?",
        unsubscribed="C’est fait. Vous ne recevrez plus ces messages.",
        newest="La bande-annonce envoyée n’est plus conservée. Voici la plus récente.",
        play="Lire",
        made_for_you="Faite pour vous",
        gone="Il n’y a pas de bande-annonce à lire ici pour le moment.",
        broken_link="Ce lien ne fonctionne pas. Ouvrez-le tel qu’il figure dans le message.",
        try_later="Cela ne fonctionne pas pour le moment. Réessayez plus tard.",
    ),
    Phrases(
        "es",
        watch="Ver tu tráiler",
        in_reel="En tu tráiler",
        still_of="Una escena de {title}",
        because="Recibes este correo porque eres miembro de {sender}.",
        service="Este mensaje trata de tu cuenta en {sender}.",
        unsubscribe="Darse de baja",
        unsubscribe_ask="¿Quieres dejar de recibir estos mensajes?",
        unsubscribed="Hecho. No recibirás más mensajes como este.",
        newest="El tráiler que recibiste ya no se conserva. Este es el más reciente.",
        play="Reproducir",
        made_for_you="Hecho para ti",
        gone="De momento no hay ningún tráiler que ver aquí.",
        broken_link="Este enlace no funciona. Ábrelo tal como llegó en el mensaje.",
        try_later="Esto no funciona en este momento. Inténtalo más tarde.",
    ),
    Phrases(
        "de",
        watch="Deinen Trailer ansehen",
        in_reel="In deinem Trailer",
        still_of="Eine Szene aus {title}",
        because="Du bekommst diese Mail, weil du Mitglied bei {sender} bist.",
        service="Diese Nachricht betrifft dein Konto bei {sender}.",
        unsubscribe="Abmelden",
        unsubscribe_ask="Möchtest du keine solchen Nachrichten mehr bekommen?",
        unsubscribed="Erledigt. Du bekommst keine solchen Nachrichten mehr.",
        newest="Der Trailer aus der Nachricht ist nicht mehr vorhanden. Dies ist dein neuester.",
        play="Abspielen",
        made_for_you="Für dich gemacht",
        gone="Hier gibt es gerade keinen Trailer.",
        broken_link="Dieser Link geht nicht. Bitte öffne ihn so, wie er in der Nachricht steht.",
        try_later="Das geht im Moment nicht. Bitte versuche es später noch einmal.",
    ),
    Phrases(
        "it",
        watch="Guarda il tuo trailer",
        in_reel="Nel tuo trailer",
        still_of="Una scena di {title}",
        because="Ricevi questa mail perché fai parte di {sender}.",
        service="Questo messaggio riguarda il tuo account presso {sender}.",
        unsubscribe="Annulla l’iscrizione",
        unsubscribe_ask="Vuoi non ricevere più questi messaggi?",
        unsubscribed="Fatto. Non riceverai più questi messaggi.",
        newest="Il trailer che hai ricevuto non è più disponibile. Questo è il più recente.",
        play="Riproduci",
        made_for_you="Fatto per te",
        gone="Al momento qui non c’è nessun trailer.",
        broken_link="Questo link non funziona. Aprilo così come è arrivato nel messaggio.",
        try_later="Al momento non funziona. Riprova più tardi.",
    ),
    Phrases(
        "pt",
        watch="Ver o seu trailer",
        in_reel="No seu trailer",
        still_of="Uma cena de {title}",
        because="Você recebe este e-mail porque faz parte de {sender}.",
        service="Esta mensagem é sobre a sua conta em {sender}.",
        unsubscribe="Cancelar inscrição",
        unsubscribe_ask="Quer deixar de receber estas mensagens?",
        unsubscribed="Pronto. Você não receberá mais estas mensagens.",
        newest="O trailer enviado já não existe. Este é o mais recente.",
        play="Reproduzir",
        made_for_you="Feito para você",
        gone="De momento não há nenhum trailer aqui.",
        broken_link="Este link não funciona. Abra-o tal como chegou na mensagem.",
        try_later="Isto não funciona de momento. Tente novamente mais tarde.",
    ),
    Phrases(
        "ja",
        watch="あなたのリールを見る",
        in_reel="リールの作品",
        still_of="{title}の一場面",
        because="{sender}の会員の方にお送りしています。",
        service="{sender}のアカウントに関するお知らせです。",
        unsubscribe="配信停止",
        unsubscribe_ask="このお知らせの配信を停止しますか。",
        unsubscribed="配信を停止しました。今後このお知らせは届きません。",
        newest="お送りしたリールは保存期間を過ぎました。最新のリールを再生します。",
        play="再生",
        made_for_you="あなたのためのリール",
        gone="現在、再生できるリールはありません。",
        broken_link="このリンクは使えません。届いたメッセージからそのまま開いてください。",
        try_later="ただいまご利用いただけません。しばらくしてからお試しください。",
    ),
    Phrases(
        "ar",
        watch="شاهد مقطعك",
        in_reel="في مقطعك",
        still_of="مشهد من {title}",
        because="تصلك هذه الرسالة لأنك عضو في {sender}.",
        service="تتعلق هذه الرسالة بحسابك لدى {sender}.",
        unsubscribe="إلغاء الاشتراك",
        unsubscribe_ask="هل تريد إيقاف هذه الرسائل؟",
        unsubscribed="تم. لن تصلك هذه الرسائل بعد الآن.",
        newest="المقطع الذي أُرسل إليك لم يعد محفوظًا. هذا أحدث مقطع لك.",
        play="تشغيل",
        made_for_you="أُعدّ لك",
        gone="لا يوجد مقطع للتشغيل هنا حاليًا.",
        broken_link="هذا الرابط لا يعمل. افتحه كما ورد في الرسالة.",
        try_later="هذا لا يعمل الآن. حاول مرة أخرى لاحقًا.",
    ),
    Phrases(
        "he",
        watch="לצפייה בטריילר שלך",
        in_reel="בטריילר שלך",
        still_of="סצנה מתוך {title}",
        because="קיבלת הודעה זו כי יש לך חשבון אצל {sender}.",
        service="הודעה זו נוגעת לחשבון שלך אצל {sender}.",
        unsubscribe="ביטול הרישום",
        unsubscribe_ask="להפסיק לקבל הודעות כאלה?",
        unsubscribed="בוצע. לא יישלחו אליך עוד הודעות כאלה.",
        newest="הטריילר שנשלח אליך כבר אינו נשמר. זה החדש ביותר שלך.",
        play="נגן",
        made_for_you="נוצר בשבילך",
        gone="אין כאן טריילר כרגע.",
        broken_link="הקישור אינו פועל. יש לפתוח אותו כפי שהגיע בהודעה.",
        try_later="זה לא פועל כרגע. נסו שוב מאוחר יותר.",
    ),
)

_BY_LANGUAGE: Final = {phrases.language: phrases for phrases in _ALL}

_COMMAS: Final = {"ja": "、", "zh": "、", "ar": "، ", "fa": "، ", "ur": "، "}

LANGUAGES: Final = tuple(_BY_LANGUAGE)
"""The languages that messages and pages have words of."""


def phrases_of(language: str) -> Phrases:
    """The words of a language, by the first part of its tag; else those of English."""
    primary = language.replace("_", "-").partition("-")[0].lower()
    return _BY_LANGUAGE.get(primary) or _BY_LANGUAGE[FALLBACK]


def is_right_to_left(language: str) -> bool:
    """Whether a language is written from right to left, by its tag."""
    primary, *rest = language.replace("_", "-").lower().split("-")
    if _LEFT_TO_RIGHT_SCRIPTS.intersection(rest):
        return False
    return primary in RIGHT_TO_LEFT or bool({"arab", "hebr"}.intersection(rest))


def listed(names: Sequence[str], language: str) -> str:
    """Names one after the other, as the language parts them."""
    primary = language.replace("_", "-").partition("-")[0].lower()
    return _COMMAS.get(primary, ", ").join(names)


def accepted_language(header: str) -> str:
    """The first language of an `Accept-Language` header that there are words of, else English."""
    weighted = []
    for number, item in enumerate(header[:500].split(",")[:20]):
        tag, _, weight = item.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            quality = 0.0
        primary = tag.partition("-")[0].lower()
        if primary in _BY_LANGUAGE and quality > 0:
            weighted.append((-quality, number, primary))
    return min(weighted)[2] if weighted else FALLBACK
