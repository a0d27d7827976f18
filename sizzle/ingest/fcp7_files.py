"""The files of an FCP7 XML: each is described once in the document, and elsewhere has its id."""

from __future__ import annotations

from xml.etree.ElementTree import Element


class FileTable:
    """The name of each `<file>` of a document, and whether the editing system generates it."""

    def __init__(self, root: Element) -> None:
        """Look at the whole document: a file may be described in another sequence, or in a bin."""
        self._names: dict[str, str] = {}
        self._generated: set[str] = set()
        for file in root.iter("file"):
            file_id, name = file.get("id"), _name(file)
            if file_id and name:
                self._names.setdefault(file_id, name)
            if file_id and _is_generated(file):
                self._generated.add(file_id)

    def media(self, file: Element | None) -> str | None:
        """The URL or name of a file, or None where the document does not describe it."""
        if file is None:
            return None
        return _name(file) or self._names.get(file.get("id", ""))

    def is_generated(self, file: Element | None) -> bool:
        """Whether it is Black Video, a title, a graphic, a matte or an adjustment layer."""
        if file is None:
            return False
        return _is_generated(file) or file.get("id", "") in self._generated


def _name(file: Element) -> str | None:
    return file.findtext("pathurl") or file.findtext("name") or None


def _is_generated(file: Element) -> bool:
    """Premiere names what generates a picture (`Slug`, `GraphicAndType`), which has no path."""
    return bool((file.findtext("mediaSource") or "").strip()) and not file.findtext("pathurl")
