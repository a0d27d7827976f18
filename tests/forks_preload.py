"""What the program loads, loaded once: see `forks`."""

import gc

import av  # noqa: F401
import opentimelineio  # noqa: F401
import psycopg  # noqa: F401
import torch  # noqa: F401
from sqlalchemy.dialects.postgresql import psycopg as _dialect  # noqa: F401

import player_stub  # noqa: F401
import sizzle.api.wiring
import sizzle.cli.app  # noqa: F401
from ranker import Ranker, train  # noqa: F401

# To look for garbage among what is loaded would copy all of it, in each fork.
gc.collect()
gc.freeze()
