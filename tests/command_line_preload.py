"""What commands load, loaded once: see `command_line`."""

import av  # noqa: F401
import opentimelineio  # noqa: F401
import torch  # noqa: F401

import player_stub  # noqa: F401
import sizzle.api.wiring
import sizzle.cli.app  # noqa: F401
from ranker import Ranker, train  # noqa: F401
