"""Model files: intact and readable by this version, or refused with the reason.

A file is one line of text, followed by what torch saved:

    sizzle-ranker 2 <sha256 of all after this line>
    {"config": {...}, "schema": {...}, "weights": {...}, "co_watching": {...}}

The checksum is needed because torch itself reads corrupt weights without an error. It also names
the version of the model: equal weights, sizes and titles are the same version on every machine.
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
from ranker.network.co_watching import CoWatching
from ranker.network.config import ModelConfig
from ranker.network.model import RankerModel
from ranker.network.parameter_names import with_current_names, with_stored_names
from ranker.network.reference_space import ReferenceSpace

_KIND: Final = b"sizzle-ranker"
_SCHEMA: Final = b"2"
_SCHEMA_WITH_CO_WATCHING: Final = b"3"
"""Of files with a co-watching term, which earlier programs would ignore."""

_VERSION_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model read from a file.

    Args:
        network: the model with its schema, in evaluation mode.
        version: the first 12 hexadecimal digits of the checksum of its content.
    """

    network: RankerModel
    version: str


def save_model(path: Path, network: RankerModel) -> str:
    """Write a model as one file, atomically, and return its version.

    Raises:
        ModelFileError: the file cannot be written; an existing file is left unchanged.
    """
    body = _body(network)
    schema = _SCHEMA_WITH_CO_WATCHING if network.co_watching else _SCHEMA
    header = b" ".join([_KIND, schema, _digest(body)])
    try:
        write_atomically(path, header + b"\n" + body)
    except OSError as error:
        raise ModelFileError(
            f"The model cannot be written: {error.strerror}.",
            "choose a writable folder with free space.",
            where=str(path),
        ) from error
    return _version(body)


def load_model(path: Path) -> Checkpoint:
    """Read a model that `save_model` wrote.

    Raises:
        ModelFileError: the file is missing, corrupt, not a model, or of another schema.
    """
    try:
        body = _verified_body(_read(path))
        network = _network_from(body)
    except ModelFileError as error:
        raise ModelFileError(error.what, error.fix, where=str(path)) from error
    return Checkpoint(network, _version(body))


def _body(network: RankerModel) -> bytes:
    buffer = io.BytesIO()
    content = {
        "config": asdict(network.config),
        # As text, since torch takes many times as long for millions of small objects.
        "schema": json.dumps(network.schema.to_json()),
        "weights": with_stored_names(network.state_dict()),
    }
    if network.reference_space is not None:
        content["reference_space"] = network.reference_space.to_content()
    if network.co_watching is not None:
        content["co_watching"] = network.co_watching.to_content()
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


def _verified_body(content: bytes) -> bytes:
    """The body of a file, after checking its kind, schema and checksum."""
    header, _, body = content.partition(b"\n")
    kind, schema, digest = [*header.split(b" "), b"", b""][:3]
    if kind != _KIND:
        raise ModelFileError(
            "This file is not a ranker model.",
            "give the path of a model that `sizzle train` wrote.",
        )
    if schema not in (_SCHEMA, _SCHEMA_WITH_CO_WATCHING):
        raise ModelFileError(
            f"The model is of schema {schema.decode(errors='replace')!r}; "
            f"this ranker reads schemas {_SCHEMA.decode()!r} and "
            f"{_SCHEMA_WITH_CO_WATCHING.decode()!r}.",
            "train the model again, or read it with the version that wrote it.",
        )
    if digest != _digest(body):
        raise ModelFileError(
            "The model is corrupt: its content does not match its checksum.",
            "copy it again from an intact file, or train it again.",
        )
    return body


def _network_from(body: bytes) -> RankerModel:
    """The network with its schema, from what torch saved."""
    try:
        # `weights_only` lets a file bring data, but no code to run.
        content = torch.load(io.BytesIO(body), map_location="cpu", weights_only=True)
        schema = Schema.from_json(json.loads(content["schema"]))
        network = _network(content["config"], schema, with_current_names(content["weights"]))
        if "reference_space" in content:
            network.reference_space = ReferenceSpace.from_content(
                content["reference_space"], network.config.width
            )
        if "co_watching" in content:
            network.co_watching = CoWatching.from_content(content["co_watching"], schema)
        return network
    except UnpicklingError as error:
        raise ModelFileError(
            "The model holds more than data; it may be malicious.",
            "do not use it; train a model of your own.",
        ) from error
    except Exception as error:  # torch raises a dozen kinds for unexpected content
        reason = shorten(f"{type(error).__name__}: {error}", width=200)
        raise ModelFileError(
            f"The model's content does not match its schema ({reason}).", "train it again."
        ) from error


def _network(config: dict[str, Any], schema: Schema, weights: dict[str, Tensor]) -> RankerModel:
    """A network with these weights, in evaluation mode."""
    if not all(weight.isfinite().all() for weight in weights.values()):
        raise ValueError("a weight is not a finite number")
    # On the meta device it takes no memory, until the weights take the place of its tensors.
    with torch.device("meta"):
        network = RankerModel(ModelConfig(**config), schema)
    network.load_state_dict(weights, assign=True)
    return network.eval()


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def _version(body: bytes) -> str:
    return _digest(body)[:_VERSION_LENGTH].decode()
