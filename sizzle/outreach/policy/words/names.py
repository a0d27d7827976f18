"""What tells names from other words with a capital, and names that are never facts."""

from __future__ import annotations

from typing import Final

from sizzle.outreach.policy.words.language_words import words

CAPITALS: Final = words(
    "I I'm I'll I've I'd TV OK HD DVD SMS STOP PC French English Spanish Japanese"
)
ENDINGS: Final = {
    "en": ("ing", "ly"),
    "fr": ("ez", "ons", "ment"),
    "es": ("ando", "endo", "mente"),
}
SURNAMES: Final = words("""
    lopez sanchez perez gomez fernandez martinez rodriguez gonzalez hernandez ramirez alvarez
    vazquez velazquez velasquez gutierrez jimenez nunez suarez dominguez cortez chavez mendez
    dumez ortiz ruiz sterling irving channing harding fielding browning bing ming king ving
    kelly billy sally molly emily holly reilly lyons simmons gibbons fernando orlando rosendo
    clement clément
""")
BRANDS: Final = (
    "netflix", "disney", "hbo", "hulu", "amazon prime", "prime video", "paramount", "peacock",
    "youtube", "apple tv", "canal+", "movistar", "tiktok", "instagram", "facebook", "whatsapp",
    "twitter", "spotify", "google", "imdb", "rotten tomatoes", "new york times", "hollywood",
    "ネットフリックス", "ディズニー", "アマゾン", "ユーチューブ", "グーグル",
)  # fmt: skip
