"""`sizzle outreach promoted`: what may be promoted, and finding titles for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.cli.outreach import outreach_app
from sizzle.cli.outreach.content_options import Thing, now_ms, open_stores, parse_thing
from sizzle.errors import InputError

if TYPE_CHECKING:
    from ranker.data.titles import MetadataByTitle, TitleMetadata
    from sizzle.catalog import Catalog
    from sizzle.clips import Title
    from sizzle.outreach.vocabulary import Promoted

_app = typer.Typer(
    name="promoted", help="What may be promoted: titles, assets and offers.", no_args_is_help=True
)
outreach_app.add_typer(_app)


@_app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="TOML or JSON; docs/outreach.md shows one.")],
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Add what files promote, in place of what has the same kind and id.

    Lines that were approved for other facts are no longer approved then. All files are read before
    anything is changed.

    Example: `sizzle outreach promoted add offers.toml`
    """
    from sizzle.outreach_files import read_promoted

    found = [promoted for path in files for promoted in read_promoted(path)]
    _save(found, database, state, as_json=as_json)


@_app.command("list")
def list_promoted(
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """List what may be promoted."""
    from sizzle.outreach.content.promoted_json import promoted_to_json

    found = open_stores(database, state).promoted.all()
    if as_json:
        print_json([promoted_to_json(promoted) for promoted in found])
        return
    rows = (
        (f"{promoted.kind}:{promoted.id}", promoted.title, _rules(promoted)) for promoted in found
    )
    print_table("May be promoted", ("what", "title", "to whom"), rows)


@_app.command()
def show(
    thing: Thing,
    language: Annotated[str, typer.Option(help="As texts in this language say it.")] = "en",
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Show all that may be said of something, by its slots.

    Example: `sizzle outreach promoted show title:nocturne --language fr`
    """
    from sizzle.outreach.content.facts import facts_in
    from sizzle.outreach.content.promoted_json import promoted_to_json

    promoted = open_stores(database, state).promoted.get(*parse_thing(thing))
    facts = facts_in(promoted, language)
    if as_json:
        print_json({**promoted_to_json(promoted), "said": dict(facts)})
        return
    print_table(
        f"{promoted.title}, {_rules(promoted)}",
        ("slot", "fact"),
        ((f"{{{name}}}", value) for name, value in facts.items()),
    )


@_app.command()
def find(
    genre: Annotated[list[str] | None, typer.Option(help="One of its genres.")] = None,
    kind: Annotated[str, typer.Option(help="Such as film.")] = "",
    name: Annotated[str, typer.Option(help="Part of its name.")] = "",
    language: Annotated[str, typer.Option(help="Its original language.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="A keyword or tone.")] = None,
    after: Annotated[str, typer.Option(help="Released on this day or later: 2026-01-01.")] = "",
    before: Annotated[str, typer.Option(help="Released earlier than this day.")] = "",
    add_found: Annotated[
        bool, typer.Option("--add", help="Add what is found to what may be promoted.")
    ] = False,
    titles: options.TitlesFile = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Find titles of the catalog to promote; each filter leaves fewer.

    Example: `sizzle outreach promoted find --genre Crime --titles titles.jsonl --add`
    """
    from ranker import read_titles
    from sizzle.catalog import Catalog
    from sizzle.outreach.content.promoted_json import promoted_to_json

    metadata = {} if titles is None else read_titles(titles)
    days = _day(after, "--after"), _day(before, "--before")
    wanted = {"genres": genre or [], "kind": [kind] if kind else [], "language": [language]}
    if not language:
        del wanted["language"]
    found = [
        promoted
        for title, facts in _catalog_titles(Catalog.open(catalog), metadata)
        if name.casefold() in title.name.casefold()
        and _fits(facts, wanted, tag or [])
        and _released_within(facts, *days)
        for promoted in [_promoted(title, facts)]
    ]
    if add_found:
        _save(found, database, state, as_json=as_json)
    elif as_json:
        print_json([promoted_to_json(promoted) for promoted in found])
    else:
        rows = (
            (f"{promoted.kind}:{promoted.id}", promoted.title, promoted.facts.get("genres", ""),
             promoted.facts.get("release_date", ""))
            for promoted in found
        )  # fmt: skip
        print_table(f"{len(found)} titles", ("what", "title", "genres", "released"), rows)
    if not found:
        raise typer.Exit(1)


def _save(
    found: list[Promoted], database: str | None, state: Path | None, *, as_json: bool
) -> None:
    things = open_stores(database, state).promoted
    now = now_ms()
    changed = [f"{promoted.kind}:{promoted.id}" for promoted in found if things.save(promoted, now)]
    if as_json:
        print_json({"changed": changed, "unchanged": len(found) - len(changed)})
    else:
        say(f"{len(changed)} added or changed, {len(found) - len(changed)} as they were.")


def _rules(promoted: Promoted) -> str:
    parts = [f"{promoted.least_age}+" if promoted.least_age else "", promoted.maturity]
    parts.append(" ".join(sorted(promoted.countries)))
    return ", ".join(part for part in parts if part) or "everybody"


def _catalog_titles(
    catalog: Catalog, metadata: MetadataByTitle
) -> Iterator[tuple[Title, TitleMetadata]]:
    """Each title of the catalog once, with what is known of it."""
    from ranker.data.titles import NO_METADATA

    reader = catalog.reader()
    titles = {
        title.title_id: title for asset in reader.assets() for title in reader.index(asset).titles
    }
    for title_id in sorted(titles):
        title = titles[title_id]
        facts = metadata.get(title_id, NO_METADATA)
        genre = title.metadata.get("genre", "")
        yield title, replace(facts, genres=(genre,)) if genre and not facts.genres else facts


def _fits(facts: TitleMetadata, wanted: dict[str, list[str]], tags: list[str]) -> bool:
    folded = {field: {value.casefold() for value in facts.values(field)} for field in wanted}
    keywords = {value.casefold() for value in (*facts.tags, *facts.tone)}
    return all(
        value.casefold() in folded[field] for field, values in wanted.items() for value in values
    ) and all(tag.casefold() in keywords for tag in tags)


def _released_within(facts: TitleMetadata, after: date | None, before: date | None) -> bool:
    if after is None and before is None:
        return True
    released = facts.released
    return released is not None and (after or released) <= released < (before or date.max)


def _day(text: str, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(
            f"{option} {text[:40]!r} is no day.", fix="write it as 2026-12-04."
        ) from None


def _promoted(title: Title, facts: TitleMetadata) -> Promoted:
    from sizzle.outreach.vocabulary import Promoted, PromotedKind

    said = {
        "title": title.name,
        "genres": ", ".join(facts.genres),
        "kind": facts.kind,
        "release_date": facts.released.isoformat() if facts.released else "",
    }
    return Promoted(
        PromotedKind.TITLE, title.title_id, {name: value for name, value in said.items() if value}
    )
