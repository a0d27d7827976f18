"""`sizzle outreach prompt`: versions of prompts, their evaluation and improvement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.cli.outreach import content_options, outreach_app
from sizzle.cli.outreach.content_options import (
    now_ms,
    open_stores,
    parse_channel,
    parse_language,
    person,
)

if TYPE_CHECKING:
    from sizzle.drafting import Panel
    from sizzle.outbox.prompts import Evaluation

_app = typer.Typer(
    name="prompt",
    help="Prompts of writers: versions, evaluation, improvement.",
    no_args_is_help=True,
)
outreach_app.add_typer(_app)

Name = Annotated[str, typer.Argument(help="The prompt's name.")]
Version = Annotated[
    int | None, typer.Option("--version", show_default="the newest", min=1, help="The version.")
]
Languages = Annotated[
    list[str] | None,
    typer.Option("--language", show_default="en, fr, es, ja", help="Of the panel."),
]
Channels = Annotated[
    list[str] | None,
    typer.Option("--channel", show_default="email, sms, web_push", help="Of the panel."),
]


@_app.command("list")
def list_prompts(
    database: options.DatabaseUrl = None, state: options.StateFolder = None, as_json: Json = False
) -> None:
    """List the versions of all prompts, those that come with the program too."""
    prompts = open_stores(database, state).prompts
    found = [version for name in prompts.names() for version in prompts.versions(name)]
    if as_json:
        keys = ("name", "version", "note", "author", "created", "text")
        print_json([{key: getattr(prompt, key) for key in keys} for prompt in found])
        return
    print_table(
        "Prompts",
        ("prompt", "version", "by", "why"),
        ((prompt.name, prompt.version, prompt.author, prompt.note) for prompt in found),
    )


@_app.command()
def show(
    name: Name,
    version: Version = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
) -> None:
    """Print the text of a prompt.

    Example: `sizzle outreach prompt show invite > invite.txt`
    """
    typer.echo(open_stores(database, state).prompts.get(name, version).text.rstrip("\n"))


@_app.command()
def add(
    name: Name,
    file: Annotated[Path, typer.Argument(help="The text.", exists=True, dir_okay=False)],
    note: Annotated[str, typer.Option(help="Why it was changed.")] = "",
    by: content_options.By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
) -> None:
    """Keep a text as the next version of a prompt.

    Example: `sizzle outreach prompt add invite invite.txt --note "shorter"`
    """
    from sizzle.outreach_files import read_prompt

    text = read_prompt(file)
    prompt = open_stores(database, state).prompts.add(name, text, note, person(by), now_ms())
    say(f"{prompt.name} is at version {prompt.version}.")


@_app.command()
def evaluate(
    name: Name,
    version: Version = None,
    language: Languages = None,
    channel: Channels = None,
    writer: content_options.WriterName = "catalogue",
    writer_url: content_options.WriterUrl = "",
    writer_model: content_options.WriterModel = "",
    policy: content_options.PolicyFile = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Ask with a prompt for a fixed panel of texts, and count what passes each check.

    The version before is shown beside it, where it was evaluated on the same panel and writer.

    Example: `sizzle outreach prompt evaluate invite --writer openai --writer-model llama`
    """
    from sizzle.drafting import evaluated, evaluation_to_json

    found, before = evaluated(
        open_stores(database, state),
        name,
        version,
        content_options.make_writer(writer, writer_url, writer_model),
        _panel(language, channel),
        now_ms(),
        content_options.guard_policy(policy),
    )
    if as_json:
        print_json(
            {
                "evaluation": evaluation_to_json(found),
                "before": None if before is None else evaluation_to_json(before),
            }
        )
    else:
        _print_evaluation(found, before)


@_app.command()
def improve(
    name: Name,
    keep: Annotated[bool, typer.Option("--add", help="Keep it as the next version.")] = False,
    language: Languages = None,
    channel: Channels = None,
    writer: content_options.WriterName = "catalogue",
    writer_url: content_options.WriterUrl = "",
    writer_model: content_options.WriterModel = "",
    improver_url: Annotated[
        str, typer.Option(help="Where the second writer is.", show_default="--writer-url")
    ] = "",
    improver_model: Annotated[
        str, typer.Option(help="The second writer's model.", show_default="--writer-model")
    ] = "",
    policy: content_options.PolicyFile = None,
    by: content_options.By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
) -> None:
    """Have a second writer improve a prompt, which is shown what the first one's texts fail.

    The new text is printed; evaluate it before it is used.

    Example: `sizzle outreach prompt improve invite --writer openai --improver-model large --add`
    """
    from sizzle.drafting import improved

    stores = open_stores(database, state)
    second = content_options.make_writer(
        writer, improver_url or writer_url, improver_model or writer_model
    )
    text = improved(
        stores,
        name,
        content_options.make_writer(writer, writer_url, writer_model),
        second,
        _panel(language, channel),
        now_ms(),
        content_options.guard_policy(policy),
    )
    typer.echo(text)
    if keep:
        note = f"improved by {second.name} {second.model}".rstrip()
        added = stores.prompts.add(name, text, note, person(by), now_ms())
        say(f"{added.name} is at version {added.version}.")


def _panel(languages: list[str] | None, channels: list[str] | None) -> Panel:
    from sizzle.drafting import Panel

    panel = Panel()
    return Panel(
        tuple(map(parse_language, languages)) if languages else panel.languages,
        tuple(map(parse_channel, channels)) if channels else panel.channels,
    )


def _print_evaluation(found: Evaluation, before: Evaluation | None) -> None:
    old = {} if before is None else before.results
    names = [*found.results, *(name for name in old if name not in found.results)]
    columns = ["check", f"version {found.version}"]
    columns += [] if before is None else [f"version {before.version}"]
    written = found.results.get("passed all", (0, 0))[1]
    rows = []
    for name in names:
        row = [name, _rate(*found.results.get(name, (written, written)))]
        if before is not None:
            count = before.results.get("passed all", (0, 0))[1]
            row.append(_rate(*old.get(name, (count, count))))
        rows.append(row)
    print_table(
        f"{found.prompt}, {found.writer} {found.model}".rstrip() + ": passed", columns, rows
    )


def _rate(passed: int, asked: int) -> str:
    return f"{passed} of {asked}" + (f", {passed / asked:.0%}" if asked else "")
