"""Small worlds of events and titles that tests of the ranker share."""

from datetime import date

from ranker import TitleMetadata, ViewingEvent

DAY = 86_400
TITLES = {
    "a": TitleMetadata(("drama",), "movie", date(1999, 1, 1), "en", ("dark",), ("space",)),
    "b": TitleMetadata(("comedy", "drama"), "show", date(2020, 5, 1), "fr"),
    "c": TitleMetadata(("comedy",), "movie", None, "en", (), ("school",)),
    "d": TitleMetadata(),
    "e": TitleMetadata(("crime",), "show", date(2019, 2, 1), "de", ("dark",)),
}


def rich_events(members: int = 8, length: int = 12) -> list[ViewingEvent]:
    """Members who watch a, b, c, d, e in turn, on several devices, and each begins elsewhere."""
    return [
        ViewingEvent(
            f"member-{member}",
            "abcde"[(member + step) % 5],
            1_600_000_000 + member * 1000 + step * 2 * DAY,
            seconds=300 * (step + 1),
            action="trailer" if step % 3 else "play",
            device="tv" if member % 2 else "phone",
            country="GB",
        )
        for member in range(members)
        for step in range(length)
    ]
