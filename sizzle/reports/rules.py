"""Every rule that a finding can name: those of layouts, and those of the media beside them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sizzle.ingest.media_check import MEDIA_RULES
from sizzle.layout import RULES, Rule

ALL_RULES: Mapping[str, Rule] = MappingProxyType({**RULES, **MEDIA_RULES})
"""By rule id, in the order in which they are documented."""
