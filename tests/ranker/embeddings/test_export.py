"""Embeddings, and their rotation onto those of an earlier model."""

from pathlib import Path

import numpy as np
import pytest
import torch
from pyarrow import parquet

from ranker import (
    RankerError,
    TrainingError,
)
from ranker.embeddings.export import (
    Embeddings,
    probe,
    rotation,
    stability,
    top_list_overlap,
    write_parquet,
)

NO_MATCH = torch.zeros(400, 0)


def random_titles(seed: int, count: int = 50) -> Embeddings:
    """Random vectors of titles."""
    rows = torch.randn(count, 8, generator=torch.Generator().manual_seed(seed))
    return Embeddings(tuple(f"t{number}" for number in range(count)), rows, "v", NO_MATCH[:count])


def test_a_rotated_space_is_rotated_back() -> None:
    """The rotation undoes any other, and keeps products."""
    before = random_titles(0)
    turn, _ = torch.linalg.qr(torch.randn(8, 8, generator=torch.Generator().manual_seed(1)))
    after = before.rotated(turn)
    found = rotation(after, before)
    torch.testing.assert_close(after.rotated(found).rows_VD, before.rows_VD)
    torch.testing.assert_close(found @ found.T, torch.eye(8), rtol=0, atol=1e-5)
    alike = stability(after, before)
    assert alike.cosine_before < 0.5
    assert alike.cosine == pytest.approx(1, abs=1e-5)
    assert alike.neighbours == 1


def test_a_rotation_keeps_top_lists() -> None:
    """Rotating titles and members changes no list; another model has other lists."""
    titles, members = random_titles(0, count=300), random_titles(2)
    turn, _ = torch.linalg.qr(torch.randn(8, 8, generator=torch.Generator().manual_seed(1)))
    turned = members.rotated(turn), titles.rotated(turn)
    assert top_list_overlap(*turned, members, titles) == 1
    assert top_list_overlap(members, titles, members, random_titles(3, count=300)) < 0.5
    alone = Embeddings(members.ids[:1], members.rows_VD[:1], "v", NO_MATCH[:1])
    assert top_list_overlap(alone, titles, members, titles) == 1
    strangers = Embeddings(("x", "y"), torch.ones(2, 8), "v", NO_MATCH[:2])
    with pytest.raises(TrainingError, match="no members in common"):
        top_list_overlap(strangers, titles, members, titles)


def test_models_without_common_titles_have_no_rotation() -> None:
    """The error says so."""
    other = Embeddings(("x", "y"), torch.ones(2, 8), "v", NO_MATCH[:2])
    with pytest.raises(TrainingError, match="no titles in common"):
        rotation(other, random_titles(0))


def test_a_probe_works_after_the_rotation() -> None:
    """It is as accurate on the rotated later model as on the earlier one, and not unrotated."""
    before = random_titles(0, count=400)
    turn, _ = torch.linalg.qr(torch.randn(8, 8, generator=torch.Generator().manual_seed(1)))
    sides = {
        name: [] if number == 7 else ["left" if row[0] < 0 else "right"]
        for number, (name, row) in enumerate(zip(before.ids, before.rows_VD, strict=True))
    }
    found = probe(before.rotated(turn), before, sides)
    assert found is not None
    assert found.before > 0.85
    assert found.after == found.before > found.unrotated
    assert probe(before, before, {"t1": ["left"]}) is None
    narrow = Embeddings(before.ids, before.rows_VD[:, :4], "w", before.match_VA)
    assert probe(narrow, before, sides) is not None


def test_embeddings_come_back_from_parquet(tmp_path: Path) -> None:
    """With ids, rows of one length, and the model's version."""
    embeddings = random_titles(0)
    write_parquet(tmp_path / "new" / "titles.parquet", embeddings)
    table = parquet.read_table(tmp_path / "new" / "titles.parquet")
    assert table.column("id").to_pylist() == list(embeddings.ids)
    rows = np.stack(table.column("embedding").to_numpy())
    assert np.array_equal(rows, embeddings.rows_VD.numpy())
    assert table.schema.metadata[b"model_version"] == b"v"
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RankerError, match="cannot be written"):
        write_parquet(tmp_path / "file" / "titles.parquet", embeddings)
