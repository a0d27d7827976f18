"""The layout of mails: written in MJML, compiled when a version is released.

`python -m sizzle.outreach.content.layouts` prints it compiled, with the package `mrml`. What is
filled in at run time is what stands between double braces. The layout names fonts of the reader's
system: for its own default one, the compiler would import a style sheet from Google.
"""

from __future__ import annotations

from functools import cache
from pkgutil import get_data
from typing import Final

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

SOURCE: Final = "mail.mjml"
COMPILED: Final = "mail.html"


def layout_text(name: str) -> str:
    """A file of this package, which is as much a part of the program as its code."""
    data = get_data(__name__, name)
    assert data is not None
    return data.decode()


@cache
def mail_layout() -> Template:
    """The compiled layout. Whatever is put into it is escaped."""
    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(layout_text(COMPILED))


def compiled(source: str) -> str:
    """A layout compiled to HTML that loads nothing of others.

    Args:
        source: in MJML.

    Raises:
        ImportError: `mrml` is not installed.
        ValueError: the compiler warns of something.
    """
    import mrml

    output = mrml.to_html(source)
    if output.warnings:
        raise ValueError(f"mrml warns: {output.warnings}")
    # The compiler knows one direction only.
    return "{}\n".format(output.content.replace("direction:ltr", "direction:{{ dir }}"))
