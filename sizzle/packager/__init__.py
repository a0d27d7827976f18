"""Packaging: from a Mega Asset's media to files that any player plays, and their segment map."""

from sizzle.packager.encode import Encoding
from sizzle.packager.errors import PackageError
from sizzle.packager.folder import current, read_map
from sizzle.packager.ladder import DEFAULT_LADDER, parse_codecs, parse_ladder
from sizzle.packager.mirror import PackageMirror
from sizzle.packager.packaging import Packaged, PackageSettings, package
from sizzle.packager.stills import ClipStills, Stills, read_stills
from sizzle.packager.store import Package, PackageFollower, Packages, open_packages
from sizzle.packager.sweep import KEPT_DAYS, sweep_packages

__all__ = [
    "DEFAULT_LADDER",
    "KEPT_DAYS",
    "ClipStills",
    "Encoding",
    "Package",
    "PackageError",
    "PackageFollower",
    "PackageMirror",
    "PackageSettings",
    "Packaged",
    "Packages",
    "Stills",
    "current",
    "open_packages",
    "package",
    "parse_codecs",
    "parse_ladder",
    "read_map",
    "read_stills",
    "sweep_packages",
]
