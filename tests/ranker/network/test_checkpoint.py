"""Model files."""

import hashlib
import io
import json
import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import (
    ModelConfig,
    ModelFileError,
    TitleMetadata,
    ViewingEvent,
    ViewingLog,
    load_model,
    save_model,
)
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.network.model import RankerModel

EVENTS = [ViewingEvent("ada", "aurora", 5, device="tv"), ViewingEvent("ada", "velvet", 9)]
TITLES = {"aurora": TitleMetadata(genres=("nature", "drama"), released=date(2024, 3, 1))}


def network() -> RankerModel:
    """A small network, always the same."""
    schema = Schema.from_tokens(merge_events(ViewingLog.from_events(EVENTS)), TITLES)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return RankerModel(ModelConfig(context=4, width=4, blocks=1), schema).eval()


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file that no test changes."""
    path = tmp_path_factory.mktemp("checkpoint") / "model"
    save_model(path, network())
    return path


def test_a_model_comes_back_whole(saved: Path) -> None:
    """Sizes, titles and every weight are read as they were written."""
    checkpoint = load_model(saved)
    assert checkpoint.network.schema.to_json() == network().schema.to_json()
    assert checkpoint.network.schema.metadata[0] == TITLES["aurora"]
    assert checkpoint.network.config == network().config
    assert not checkpoint.network.training
    expected = network().state_dict()
    actual = checkpoint.network.state_dict()
    assert actual.keys() == expected.keys()
    assert all(torch.equal(actual[name], expected[name]) for name in expected)


def test_the_version_is_named_by_the_content(saved: Path, tmp_path: Path) -> None:
    """Equal models have equal versions and files; a changed weight makes another version."""
    version = save_model(tmp_path / "again", network())
    assert (tmp_path / "again").read_bytes() == saved.read_bytes()
    body = saved.read_bytes().partition(b"\n")[2]
    assert version == load_model(saved).version == hashlib.sha256(body).hexdigest()[:12]
    changed = network()
    torch.nn.init.ones_(changed.norm.bias)
    assert save_model(tmp_path / "changed", changed) != version


def test_saving_a_loaded_model_gives_the_same_file(saved: Path, tmp_path: Path) -> None:
    """A model keeps its version when it is read and written."""
    checkpoint = load_model(saved)
    save_model(tmp_path / "copy", checkpoint.network)
    assert (tmp_path / "copy").read_bytes() == saved.read_bytes()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_truncated_file_is_refused(saved: Path, data: st.DataObject) -> None:
    """Wherever it is cut."""
    whole = saved.read_bytes()
    end = data.draw(st.integers(0, len(whole) - 1))
    refused(saved, whole[:end], "Fix: ")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_flipped_bit_is_refused(saved: Path, data: st.DataObject) -> None:
    """Whichever bit is changed, even in a weight."""
    content = bytearray(saved.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    refused(saved, bytes(content), "Fix: ")


def refused(beside: Path, content: bytes, what: str) -> None:
    """Prove that a file of this content is refused, with its path and what is wrong."""
    path = beside.with_name("refused")
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=what) as caught:
        load_model(path)
    assert caught.value.where == str(path)
    assert caught.value.fix


@pytest.mark.parametrize("content", [b"", b"\n", b"PK\x03\x04 a zip", b"\x00" * 1000])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is not a ranker model is not called corrupt."""
    refused(tmp_path / "x", content, "not a ranker model")


def test_another_schema_is_refused(saved: Path) -> None:
    """The message names both schemas."""
    content = saved.read_bytes().replace(b"sizzle-ranker 2 ", b"sizzle-ranker 4 ", 1)
    refused(saved, content, "of schema '4'; this ranker reads schemas '2' and '3'")


def test_a_truncated_file_is_called_corrupt(saved: Path) -> None:
    """Its checksum does not match."""
    content = saved.read_bytes()
    refused(saved, content[: len(content) // 2], "corrupt")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The message says to train a model first."""
    with pytest.raises(ModelFileError, match=r"absent: .* No such file.* Fix: train a model"):
        load_model(tmp_path / "absent")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """So is a file whose folder cannot be created."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelFileError, match="cannot be written"):
        save_model(tmp_path / "file" / "model", network())


def with_header(body: bytes) -> bytes:
    """A body with a valid first line."""
    return b"sizzle-ranker 2 " + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def changed(saved: Path, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The saved model with its content changed, under a valid first line."""
    body = saved.read_bytes().partition(b"\n")[2]
    content = torch.load(io.BytesIO(body), weights_only=True)
    change(content)
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return with_header(buffer.getvalue())


def in_schema(content: dict[str, Any], **changes: object) -> None:
    """Change the schema of a model's content."""
    content["schema"] = json.dumps({**json.loads(content["schema"]), **changes})


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda content: content.pop("weights"), "weights"),
        (lambda content: content["weights"].pop("norm.bias"), r"norm\.bias"),
        (lambda content: content["weights"]["norm.bias"].fill_(torch.nan), "not a finite number"),
        (lambda content: content["config"].update(width=64), "size mismatch"),
        (lambda content: content["config"].update(width=-1), "`width` is -1"),
        (lambda content: content["config"].update(surprise=1), "surprise"),
        (lambda content: in_schema(content, titles=["aurora"]), "differ in length"),
        (lambda content: in_schema(content, titles=["aurora"] * 2), "twice"),
        (lambda content: in_schema(content, as_of="noon"), "noon"),
        (lambda content: in_schema(content, metadata=[{"genres": 1}, {}]), "`genres`"),
        (lambda content: content.update(schema="{torn"), "JSONDecodeError"),
    ],
)
def test_content_that_does_not_fit_is_refused(
    saved: Path, change: Callable[[dict[str, Any]], object], what: str
) -> None:
    """A valid checksum does not help when sizes, weights and titles do not fit together."""
    refused(saved, changed(saved, change), what)


class _Trap:
    """Writes a file when it is unpickled, as a malicious model would."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.path,)


def test_a_file_brings_no_code_to_run(saved: Path, tmp_path: Path) -> None:
    """A malicious file is refused, and its code does not run."""
    sprung = tmp_path / "sprung"
    buffer = io.BytesIO()
    torch.save({"config": _Trap(sprung)}, buffer)
    refused(saved, with_header(buffer.getvalue()), "may be malicious")
    refused(saved, with_header(pickle.dumps(_Trap(sprung), protocol=2)), "may be malicious")
    assert not sprung.exists()
