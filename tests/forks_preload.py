"""What the program loads, loaded once: see `forks`."""

import gc
from contextlib import suppress

import av  # noqa: F401
import opentimelineio  # noqa: F401
import psycopg  # noqa: F401
import pytest  # noqa: F401 - the main module of who starts a fork, which each fork loads too
import torch._dynamo  # noqa: F401 - what an optimizer loads: as much again as torch
import typer.rich_utils  # noqa: F401 - what help is drawn with
from sqlalchemy.dialects.postgresql import psycopg as _dialect  # noqa: F401

import player_stub  # noqa: F401
import sizzle.api.wiring
import sizzle.cli.app
from ranker import Ranker, train  # noqa: F401
from sizzle import process
from sizzle.errors import SizzleError

with suppress(SizzleError):  # which is for the tests to report
    process.ffmpeg()

sizzle.cli.app.command()

# To look for garbage among what is loaded would copy all of it, in each fork.
gc.collect()
gc.freeze()
