"""The service that a panel may reach, as its manifest asks Premiere for it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sizzle.errors import InputError

# The same rule as in the panel's `service.ts`.
_ORIGIN = re.compile(
    r"(?P<domain>https://[a-z0-9-]+(?:\.[a-z0-9-]+)*|http://localhost)(?::\d{1,5})?"
    r"(?:/[\w.~/-]*)?",
    re.IGNORECASE | re.ASCII,
)
_IN_NUMBERS = re.compile(r"https?://(?:\d+\.){3}\d+(?:[:/]|$)", re.IGNORECASE | re.ASCII)
_FIELD = '<input id="service" type="text" value=""'


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """The address of a service, checked.

    Attributes:
        address: without a slash at its end.
        domain: its scheme and host. Premiere compares no port, and a rule with one fits nothing.
    """

    address: str
    domain: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Check an address.

        Raises:
            InputError: Premiere would let no panel reach it, or the key could be read on its way.
        """
        address = text.strip().rstrip("/")
        if _IN_NUMBERS.match(address):
            raise InputError(
                "Premiere lets no panel reach an address in numbers.",
                where=address[:200],
                fix="give the service's name, such as http://localhost:8000 for this machine.",
            )
        match = _ORIGIN.fullmatch(address)
        if match is None:
            raise InputError(
                "The service's address is not one that a panel can use.",
                where=text[:200],
                fix="give one like https://sizzles.example.com; http only for localhost.",
            )
        return cls(address, match["domain"].lower())

    def enter(self, panel: Path) -> None:
        """Enter it in a written panel: in its manifest, as all that it may reach, and its page.

        Raises:
            OSError: the files cannot be written.
        """
        manifest = panel / "manifest.json"
        fields: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        fields["requiredPermissions"]["network"] = {"domains": [self.domain]}
        manifest.write_text(json.dumps(fields, indent=2) + "\n", encoding="utf-8")
        page = panel / "index.html"
        text = page.read_text(encoding="utf-8")
        assert text.count(_FIELD) == 1
        entered = _FIELD.replace('""', f'"{html.escape(self.address)}"')
        page.write_text(text.replace(_FIELD, entered), encoding="utf-8")
