"""A model as one file, which is either whole and ours, or refused with the reason.

The file is one line of text, then what torch saved:

    sizzle-ranker 2 <sha256 of all after this line>
    {"config": {...}, "schema": {...}, "weights": {...}}

The sum is there because torch itself reads torn bytes of weights without a word. It also names
the model: the same weights, sizes and titles are the same version, wherever they were trained.
"""

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from textwrap import shorten
from typing import Any, Final

import torch
from torch import Tensor

from ranker.data.files import write_atomically
from ranker.data.schema import Schema
from ranker.errors import ModelFileError
from ranker.network.config import ModelConfig
from ranker.network.model import RankerModel

_KIND: Final = b"sizzle-ranker"
_SCHEMA: Final = b"2"
_VERSION_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model as it was read from a file.

    Args:
        network: the weights, ready to rank, with the schema they speak.
        version: the first 12 hexadecimal digits of the sum of its content.
    """

    network: RankerModel
    version: str


def save_model(path: Path, network: RankerModel) -> str:
    """Write a model as one file, atomically, and return its version.

    Raises:
        ModelFileError: the file cannot be written; what was there before still is.
    """
    body = _body(network)
    header = b" ".join([_KIND, _SCHEMA, _digest(body)])
    try:
        write_atomically(path, header + b"\n" + body)
    except OSError as error:
        raise ModelFileError(
            f"The model cannot be written: {error.strerror}.",
            "choose a folder that can be written and has space.",
            where=str(path),
        ) from error
    return _version(body)


def load_model(path: Path) -> Checkpoint:
    """Read a model that `save_model` wrote.

    Raises:
        ModelFileError: the file is absent, torn, no model of ours, or of another schema.
    """
    try:
        body = _proven(_read(path))
        network = _revived(body)
    except ModelFileError as error:
        raise ModelFileError(error.what, error.fix, where=str(path)) from error
    return Checkpoint(network, _version(body))


def _body(network: RankerModel) -> bytes:
    buffer = io.BytesIO()
    content = {
        "config": asdict(network.config),
        # As text, since millions of small objects take torch many times as long.
        "schema": json.dumps(network.schema.to_json()),
        "weights": dict(network.state_dict()),
    }
    torch.save(content, buffer)
    return buffer.getvalue()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelFileError(
            f"The model cannot be read: {error.strerror}.",
            "train a model, or give the path of one.",
        ) from error


def _proven(content: bytes) -> bytes:
    """The body of a file, once its first line has proved that it is ours and whole."""
    header, _, body = content.partition(b"\n")
    kind, schema, digest = [*header.split(b" "), b"", b""][:3]
    if kind != _KIND:
        raise ModelFileError(
            "This file is no model of the ranker.", "give the path of a model that it trained."
        )
    if schema != _SCHEMA:
        raise ModelFileError(
            f"The model is of schema {schema.decode(errors='replace')!r}; "
            f"this ranker reads schema {_SCHEMA.decode()!r}.",
            "train the model again with this ranker, or read it with the one that wrote it.",
        )
    if digest != _digest(body):
        raise ModelFileError(
            "The model is torn or was changed: its content does not match its sum.",
            "copy it again from where it is whole, or train it again.",
        )
    return body


def _revived(body: bytes) -> RankerModel:
    """The network with its schema, from what torch saved."""
    try:
        # `weights_only` lets a file bring data, but never code to run.
        content = torch.load(io.BytesIO(body), map_location="cpu", weights_only=True)
        schema = Schema.from_json(json.loads(content["schema"]))
        return _network(content["config"], schema, content["weights"])
    except UnpicklingError as error:
        raise ModelFileError(
            "The model's content is more than data; it may be hostile.",
            "do not use it; train a model of your own.",
        ) from error
    except Exception as error:  # torch has a dozen kinds for content that it did not expect
        reason = shorten(f"{type(error).__name__}: {error}", width=200)
        raise ModelFileError(
            f"The model's content is not what its schema says ({reason}).", "train it again."
        ) from error


def _network(config: dict[str, Any], schema: Schema, weights: dict[str, Tensor]) -> RankerModel:
    """A network of these weights, ready to rank."""
    if not all(weight.isfinite().all() for weight in weights.values()):
        raise ValueError("a weight is not a finite number")
    # On the meta device it takes no memory, until weights of just these shapes take their place.
    with torch.device("meta"):
        network = RankerModel(ModelConfig(**config), schema)
    network.load_state_dict(weights, assign=True)
    return network.eval()


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def _version(body: bytes) -> str:
    return _digest(body)[:_VERSION_LENGTH].decode()
