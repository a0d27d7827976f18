"""The areas of the service, as the navigation shows them."""

from __future__ import annotations

from dataclasses import dataclass

from sizzle.api.auth.api_keys import ApiScope


@dataclass(frozen=True, slots=True)
class Section:
    """A page that the navigation leads to.

    Attributes:
        name: as the navigation shows it.
        href: of the page; pages below it belong to it too.
        scopes: of which its viewer needs one.
    """

    name: str
    href: str
    scopes: tuple[ApiScope, ...]

    def has(self, path: str) -> bool:
        """Whether a page belongs to it."""
        return path == self.href or path.startswith(f"{self.href}/")


@dataclass(frozen=True, slots=True)
class Area(Section):
    """A part of the service with pages of its own, such as the editor.

    Attributes:
        about: one sentence, for the front page.
        icon: the name of a symbol of `design/parts.html`.
        sections: the pages that its own navigation leads to.
    """

    about: str = ""
    icon: str = ""
    sections: tuple[Section, ...] = ()

    def section(self, path: str) -> Section | None:
        """The section that a page belongs to."""
        found = [section for section in self.sections if section.has(path)]
        return max(found, key=lambda section: len(section.href), default=None)
