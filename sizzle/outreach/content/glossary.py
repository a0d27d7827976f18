"""Genres and kinds of titles, as languages write them within a sentence."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_LANGUAGES: Final = ("en", "fr", "es", "ja", "de", "pt", "it")
_TERMS: Final = """
action | action | acción | アクション | Action | ação | azione
adventure | aventure | aventuras | アドベンチャー | Abenteuer | aventura | avventura
animation | animation | animación | アニメーション | Animation | animação | animazione
anime | anime | anime | アニメ | Anime | anime | anime
biography | biographie | biografía | 伝記 | Biografie | biografia | biografia
children | jeunesse | infantil | キッズ | Kinder | infantil | bambini
club musical | comédie musicale | musical | ミュージカル | Musical | musical | musical
coastal drama | drame côtier | drama costero | 海辺のドラマ | Küstendrama | drama costeiro | \
dramma costiero
comedy | comédie | comedia | コメディ | Komödie | comédia | commedia
crime | policier | policiaco | 犯罪ドラマ | Krimi | policial | poliziesco
documentary | documentaire | documental | ドキュメンタリー | Dokumentation | documentário | \
documentario
drama | drame | drama | ドラマ | Drama | drama | dramma
expedition | expédition | expedición | 探検 | Expedition | expedição | spedizione
family | famille | familiar | ファミリー | Familie | família | famiglia
fantasy | fantasy | fantasía | ファンタジー | Fantasy | fantasia | fantasy
film | film | película | 映画 | Film | filme | film
history | histoire | historia | 歴史 | Geschichte | história | storia
horror | horreur | terror | ホラー | Horror | terror | horror
kids | jeunesse | infantil | キッズ | Kinder | infantil | bambini
movie | film | película | 映画 | Film | filme | film
music | musique | música | 音楽 | Musik | música | musica
musical | comédie musicale | musical | ミュージカル | Musical | musical | musical
mystery | mystère | misterio | ミステリー | Mystery | mistério | mistero
nature | nature | naturaleza | 自然 | Natur | natureza | natura
nordic noir | polar nordique | noir nórdico | 北欧ノワール | Nordic Noir | noir nórdico | \
noir nordico
reality | téléréalité | telerrealidad | リアリティ | Reality | reality | reality
romance | romance | romance | ロマンス | Romanze | romance | romantico
science fiction | science-fiction | ciencia ficción | SF | Science-Fiction | ficção científica | \
fantascienza
sci-fi | science-fiction | ciencia ficción | SF | Science-Fiction | ficção científica | \
fantascienza
series | série | serie | シリーズ | Serie | série | serie
show | série | serie | 番組 | Serie | série | serie
sport | sport | deporte | スポーツ | Sport | esporte | sport
thriller | thriller | suspense | スリラー | Thriller | suspense | thriller
war | guerre | guerra | 戦争 | Krieg | guerra | guerra
western | western | western | 西部劇 | Western | faroeste | western
wildlife | vie sauvage | vida salvaje | 野生動物 | Tierwelt | vida selvagem | natura selvaggia
loan | prêt | préstamo | ローン | Kredit | empréstimo | prestito
"""
_BY_TERM: Final = {
    terms[0]: dict(zip(_LANGUAGES, terms, strict=True))
    for terms in (
        [term.strip() for term in line.split("|")]
        for line in _TERMS.replace("\\\n", "").strip().splitlines()
    )
}


# Terms that mean a kind of title wherever they stand; "nature" or "family" mean more.
_KINDS: Final = (
    "film", "movie", "series", "documentary", "comedy", "thriller", "horror", "western",
    "musical", "anime", "science fiction", "romance", "drama",
)  # fmt: skip
_SAME: Final = ({"film", "movie"}, {"series", "show"})


@lru_cache(maxsize=200)
def kind_words(language: str, kind: str) -> tuple[str, ...]:
    """Words of a language that say of which kind or genre a title is, but for those of one kind.

    Args:
        language: a language without its region.
        kind: of the title, such as `film`; empty where it is not known.
    """
    own = next((same for same in _SAME if kind in same), {kind})
    terms = [term for term in _KINDS if term not in own]
    found = {in_language(term, language) for term in terms if language in _LANGUAGES}
    found -= {in_language(term, language) for term in own if term in _BY_TERM}
    return tuple(word for term in sorted(found) for word in (term, f"{term}s"))


def in_language(term: str, language: str) -> str:
    """A genre or kind in a language; one that is not known stays as it is."""
    terms = _BY_TERM.get(term.strip().lower())
    return term if terms is None else terms.get(language.partition("-")[0].lower(), term)
