"""Writes that come with an Idempotency-Key happen once, however often they are sent.

What is kept is the answer. Should we die between the deed and its record, the deed is done again:
each of them comes to the same when it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sizzle.api.ingests.errors import ReusedKeyError
from sizzle.api.ingests.locks import locked
from sizzle.files import write_text

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Once:
    """The answers that were given, in a folder."""

    root: Path

    def answer(
        self, caller: str, key: str | None, what: list[Any], act: Callable[[], Answer]
    ) -> Answer:
        """The answer of an act, or the one that it had before.

        Args:
            caller: whose key it is.
            key: that came with the request, if one did.
            what: is asked for.
            act: does it. What it raises is not kept.

        Raises:
            ReusedKeyError: the key came with another request before.
        """
        if key is None:
            return act()
        name = hashlib.sha256(json.dumps([caller, key]).encode()).hexdigest()
        path = self.root / f"{name}.json"
        with locked(self.root / f"{name}.lock"):
            if path.exists():
                return _kept(path, what)
            answer = act()
            write_text(path, json.dumps({"what": what, "answer": answer}))
            return answer


def _kept(path: Path, what: list[Any]) -> Answer:
    kept = json.loads(path.read_bytes())
    if kept["what"] != what:
        raise ReusedKeyError(
            "The Idempotency-Key came with another request before.",
            fix="use a new key for each request, and the same only to repeat one.",
        )
    answer: Answer = kept["answer"]
    return answer
