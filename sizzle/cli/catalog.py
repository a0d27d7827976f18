"""Commands on the catalog: list versions, compare them, choose the one in use, and one asset's."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from sizzle.catalog import Announcement, AssetDiff, Catalog, Publication

_app = typer.Typer(
    name="catalog",
    help="Versions of the published indexes: list, compare, announce, pin, roll back, withdraw.",
    no_args_is_help=True,
)
_Asset = Annotated[str, typer.Argument(help="The Mega Asset's id.")]
_VersionNumber = Annotated[int, typer.Argument(min=0, help="A version's number; 0 is empty.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(_app)


def _open(location: str) -> Catalog:
    from sizzle.catalog import Catalog

    return Catalog.open(location)


@_app.command()
def versions(
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION, as_json: Json = False
) -> None:
    """List all versions, oldest first, and which are announced and pinned.

    Example: `sizzle catalog versions --catalog catalog`
    """
    found = _open(catalog).versions()
    if as_json:
        print_json([asdict(version) for version in found])
        return
    rows = (
        (
            version.version,
            _when(version.published),
            version.assets,
            version.clips,
            " ".join(name for name in ("announced", "pinned") if getattr(version, name)),
            version.problem,
        )
        for version in found
    )
    columns = ("version", "published", "assets", "clips", "state", "problem")
    print_table("Versions", columns, rows)


@_app.command()
def diff(
    before: _VersionNumber,
    after: _VersionNumber,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    as_json: Json = False,
) -> None:
    """List the titles and clips that were added, removed and moved between two versions, per asset.

    Example: `sizzle catalog diff 1 2`
    """
    changed = _open(catalog).diff(before, after)
    if as_json:
        print_json([asdict(asset) for asset in changed])
    elif changed:
        rows = (row for asset in changed for row in _changes(asset))
        print_table(f"From {before} to {after}", ("asset", "change", "what", "from", "to"), rows)
    else:
        say(f"Versions {before} and {after} are equal.")


@_app.command()
def announce(
    version: _VersionNumber, catalog: options.CatalogLocation = options.DEFAULT_LOCATION
) -> None:
    """Make readers use a version, unless one is pinned.

    Example: `sizzle catalog announce 3`
    """
    _say_current(_open(catalog).announce(version))


@_app.command()
def pin(
    version: _VersionNumber, catalog: options.CatalogLocation = options.DEFAULT_LOCATION
) -> None:
    """Hold readers at a version, whatever is announced.

    Example: `sizzle catalog pin 2`
    """
    _say_current(_open(catalog).pin(version))


@_app.command()
def unpin(catalog: options.CatalogLocation = options.DEFAULT_LOCATION) -> None:
    """Let readers follow the announced version again.

    Example: `sizzle catalog unpin`
    """
    _say_current(_open(catalog).unpin())


@_app.command()
def rollback(catalog: options.CatalogLocation = options.DEFAULT_LOCATION) -> None:
    """Announce the version that the announced one was made from.

    Example: `sizzle catalog rollback`
    """
    _say_current(_open(catalog).rollback())


@_app.command("asset-history")
def asset_history(
    asset: _Asset,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    as_json: Json = False,
) -> None:
    """List what an asset was, newest first; versions that left it unchanged are passed over.

    Example: `sizzle catalog asset-history demo`
    """
    states = _open(catalog).asset_history(asset)
    if as_json:
        print_json([asdict(state) for state in states])
        return
    rows = (
        (
            state.catalog_version,
            _when(state.published),
            state.titles,
            state.clips,
            "in use" if state.current else "",
            state.asset_version[:16],
        )
        for state in states
    )
    columns = ("version", "published", "titles", "clips", "state", "asset version")
    print_table(f"History of {asset}", columns, rows)


@_app.command("rollback-asset")
def rollback_asset(
    asset: _Asset,
    to_version: Annotated[
        int, typer.Option(min=1, help="A version of the catalog that has the asset.")
    ],
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    as_json: Json = False,
) -> None:
    """Publish an asset as it was in an earlier version; all other assets stay as they are.

    Example: `sizzle catalog rollback-asset demo --to-version 3`
    """
    publication = _open(catalog).rollback_asset(asset, to_version)
    _say_published(publication, f"Asset {asset} is as it was in version {to_version}", as_json)


@_app.command()
def withdraw(
    assets: Annotated[list[str], typer.Argument(help="Mega Assets' ids.", metavar="ASSET...")],
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    as_json: Json = False,
) -> None:
    """Publish a version without some assets; `rollback-asset` brings one back.

    Reels that were made before still play, until `gc` removes the versions that had the asset.

    Example: `sizzle catalog withdraw demo`
    """
    publication = _open(catalog).withdraw(*assets)
    _say_published(publication, f"Withdrawn: {', '.join(assets)}", as_json)


@_app.command()
def history(
    key: Annotated[str, typer.Argument(help="The clip's key, <title_id>-clip-<n>.")],
    asset: Annotated[str | None, typer.Option(help="Only in this asset.")] = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    as_json: Json = False,
) -> None:
    """List the versions in which a clip was added, moved or removed.

    Example: `sizzle catalog history aurora-clip-3`
    """
    states = _open(catalog).history(key, asset)
    if as_json:
        print_json([asdict(sighting) for sighting in states])
        return
    rows = (
        (state.version, _when(state.published), state.asset_id, state.source or "removed")
        for state in states
    )
    print_table(f"History of {key}", ("version", "published", "asset", "source frames"), rows)


@_app.command()
def gc(
    keep: Annotated[int, typer.Option(min=1, help="How many of the newest versions to keep.")],
    packages: Annotated[
        Path | None, typer.Option(help="Folder of packages; old ones there are removed too.")
    ] = None,
    packages_kept_days: Annotated[
        int, typer.Option(min=1, help="Days that a package stays after it was last in use.")
    ] = 30,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Remove old versions; the announced and the pinned one are kept.

    Reels that members were sent stay playable: what they need of older versions is kept too.

    With `--packages`, packages that no remaining version names are removed too, once they have been
    out of use for some days: until then players may still use addresses of them.

    Example: `sizzle catalog gc --keep 10 --packages packages`
    """
    opened = _open(catalog)
    held = _held_versions(database, state)
    swept = opened.gc(keep=keep, held=held)
    removed = _sweep_packages(opened, packages, packages_kept_days, held)
    if as_json:
        print_json({**asdict(swept), "packages": removed})
    else:
        say(
            f"Removed {len(swept.versions)} versions and {len(swept.segments)} segments, "
            f"{swept.bytes / 1e6:.1f} MB, and {len(removed)} packages."
        )


def _held_versions(database: str | None, state: Path | None) -> Collection[str]:
    """The versions of assets that reels of messages need. None were sent without a database."""
    from sizzle.outbox.sent_messages import SentMessages

    store = options.open_database(database, state, upgrade=False)
    return SentMessages(store).held_versions() if store.version() else ()


def _sweep_packages(
    catalog: Catalog, root: Path | None, kept_days: int, held: Collection[str]
) -> tuple[str, ...]:
    if root is None:
        return ()
    from sizzle.packager import sweep_packages

    used = catalog.packages_in_use()
    for version in held:
        used.setdefault(version, set())
    return sweep_packages(root, used, time.time(), kept_days)


def _say_published(publication: Publication, what: str, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "catalog_version": publication.version,
                "changed": publication.changed,
                "pinned": publication.pinned,
            }
        )
        return
    how = "published as" if publication.changed else "already so in"
    held = publication.pinned
    readers = "" if held is None else f" Readers stay at version {held}, which is pinned."
    say(f"{what}; {how} version {publication.version}.{readers}")


def _say_current(announcement: Announcement) -> None:
    held = ", where it is pinned" if announcement.pinned is not None else ""
    say(f"Readers use version {announcement.current}{held}.")


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _changes(asset: AssetDiff) -> Iterator[tuple[Any, ...]]:
    if asset.kind != "changed":
        yield asset.asset_id, asset.kind, "the asset", "", ""
    if asset.media_changed and asset.kind == "changed":
        yield asset.asset_id, "changed", "the media", "", ""
    if asset.package_changed and asset.kind == "changed":
        yield asset.asset_id, "changed", "the package", "", ""
    for kind, title_ids in (
        ("added", asset.titles_added),
        ("removed", asset.titles_removed),
        ("changed", asset.titles_changed),
    ):
        for title_id in title_ids:
            yield asset.asset_id, kind, f"title {title_id}", "", ""
    for clip in asset.clips:
        yield asset.asset_id, clip.kind, clip.key, clip.before or "", clip.after or ""
