"""Embeddings of titles and members for other programs, in one space across models.

Two trainings give spaces that differ by a rotation. So an export is rotated onto the space of an
earlier export, such that the titles of both are as close as possible; products of members and
titles, and so all rankings, do not change.

Names of tensors end in their shape: V titles, M members, D and E widths, X neighbours, C classes,
F inputs of a probe.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional as F

from ranker.data.files import write_atomically
from ranker.errors import RankerError, TrainingError

_NEIGHBOURS: Final = 100
_TOP: Final = 100
_COMPARED_MEMBERS: Final = 1000
"""Members whose top lists are compared; more would hardly change the mean."""
_RIDGE: Final = 0.01
"""Regularisation of a probe, relative to the variance of its inputs."""


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Rows of one space by id.

    Args:
        ids: of titles or members.
        rows_VD: one each.
        model_version: the model that they are from.
        match_VA: how titles match attributes that members are likely to want, which the model adds
            to the product of the rows. Its columns stand for values such as genres, so that no
            rotation changes them; there are none where the model does not use them.
    """

    ids: tuple[str, ...]
    rows_VD: Tensor
    model_version: str
    match_VA: Tensor

    def rotated(self, rotation_DE: Tensor) -> "Embeddings":
        """The same embeddings in another space."""
        return replace(self, rows_VD=self.rows_VD @ rotation_DE)

    def rows_of(self, ids: Sequence[str]) -> Tensor:
        """The rows of some ids, all of which must exist."""
        return self.rows_VD[self._indexes(ids)]

    def scores(self, ids: Sequence[str], titles: "Embeddings", title_ids: Sequence[str]) -> Tensor:
        """The network's own scores of titles for some of these members, MV."""
        rows, columns = self._indexes(ids), titles._indexes(title_ids)
        return (
            self.rows_VD[rows] @ titles.rows_VD[columns].T
            + self.match_VA[rows] @ titles.match_VA[columns].T
        )

    def _indexes(self, ids: Sequence[str]) -> list[int]:
        index_of = {name: number for number, name in enumerate(self.ids)}
        return [index_of[name] for name in ids]


@dataclass(frozen=True, slots=True)
class Stability:
    """The similarity of two trainings' titles; each value is 1 if nothing changed.

    Args:
        cosine_before: the mean cosine of a title with itself, before the rotation.
        cosine: the same after the rotation.
        neighbours: the mean share of a title's hundred nearest that stay; rotations do not matter.
    """

    cosine_before: float
    cosine: float
    neighbours: float


@dataclass(frozen=True, slots=True)
class ProbeAccuracy:
    """The share of titles for which a probe predicts one of their classes.

    Args:
        before: on the model that it was fitted to, for titles that it was not fitted to.
        after: on the later model, after the rotation.
        unrotated: on the later model, without the rotation.
    """

    before: float
    after: float
    unrotated: float


def rotation(after: Embeddings, before: Embeddings) -> Tensor:
    """The rotation from a later space onto an earlier one, DE.

    Args:
        after: the later model's titles.
        before: the earlier model's titles.

    Raises:
        TrainingError: the two have no titles in common.
    """
    ids = _common(after, before)
    # Orthogonal Procrustes: the SVD of the product, without the singular values.
    product_DE = after.rows_of(ids).T @ before.rows_of(ids)
    left_DK, _, right_KE = torch.linalg.svd(product_DE, full_matrices=False)
    rotation_DE: Tensor = left_DK @ right_KE
    return rotation_DE


def stability(after: Embeddings, before: Embeddings) -> Stability:
    """The similarity of the titles of two trainings, before and after the rotation."""
    ids = _common(after, before)
    new_VD, old_VE = after.rows_of(ids), before.rows_of(ids)
    rotated_VE = new_VD @ rotation(after, before)
    count = min(_NEIGHBOURS, len(ids) - 1)
    return Stability(
        float(F.cosine_similarity(new_VD, old_VE).mean()) if new_VD.shape == old_VE.shape else 0.0,
        float(F.cosine_similarity(rotated_VE, old_VE).mean()),
        _overlap(_nearest(new_VD, count), _nearest(old_VE, count)),
    )


def probe(
    after: Embeddings, before: Embeddings, classes: Mapping[str, Sequence[str]]
) -> ProbeAccuracy | None:
    """The accuracy, on a later model, of a linear probe that was fitted to an earlier one.

    It is fitted to every other title, and predicts the likeliest class of the rest.

    Args:
        after: the later model's titles.
        before: the earlier model's titles, to which the probe is fitted.
        classes: by title, such as its genres; titles without classes are left out.

    Returns:
        None if fewer than two titles have a class.
    """
    ids = [name for name in _common(after, before) if classes.get(name)]
    if len(ids) < 2:
        return None
    names = sorted({value for name in ids for value in classes[name]})
    truth_VC = torch.tensor([[float(value in classes[name]) for value in names] for name in ids])
    old_VE, new_VD = before.rows_of(ids), after.rows_of(ids)
    probe_FC = _fit(old_VE[::2], truth_VC[::2])
    rotated_VE = new_VD @ rotation(after, before)
    same_width = new_VD.shape == old_VE.shape
    return ProbeAccuracy(
        *(
            _accuracy(rows_VE[1::2], probe_FC, truth_VC[1::2])
            for rows_VE in (old_VE, rotated_VE, new_VD if same_width else torch.zeros_like(old_VE))
        )
    )


def top_list_overlap(
    members: Embeddings, titles: Embeddings, other_members: Embeddings, other_titles: Embeddings
) -> float:
    """The mean share of members' hundred best titles that two exports agree on.

    Over the titles and members that both have. It is 1 for an export before and after a rotation;
    for two models it shows how much the lists changed.

    Raises:
        TrainingError: the two have no titles or no members in common.
    """
    member_ids = _common(members, other_members, "members", at_least=1)[:_COMPARED_MEMBERS]
    title_ids = _common(titles, other_titles)
    count = min(_TOP, len(title_ids) - 1)
    lists = [
        rows.scores(member_ids, columns, title_ids).topk(count, dim=1).indices
        for rows, columns in ((members, titles), (other_members, other_titles))
    ]
    return _overlap(*lists)


def write_parquet(path: Path, embeddings: Embeddings) -> None:
    """Write embeddings as Parquet: `id`, and lists of floats of fixed size: `embedding`, `match`.

    The product of a member's and a title's `embedding`, plus that of their `match` where the model
    has one, is the score.

    Raises:
        RankerError: as `write_columns` does.
    """
    vectors = {"embedding": embeddings.rows_VD, "match": embeddings.match_VA}
    # pyarrow cannot read lists of no values again.
    present = {name: rows for name, rows in vectors.items() if rows.shape[1]}
    write_columns(path, {"id": list(embeddings.ids)} | present, embeddings.model_version)


def write_columns(path: Path, columns: Mapping[str, Any], model_version: str) -> None:
    """Write columns as Parquet, atomically.

    Args:
        path: the file.
        columns: sequences and arrays by name; a matrix is a list of floats in each row.
        model_version: the model that they are from.

    Raises:
        RankerError: pyarrow is not installed, or the file cannot be written.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise RankerError(
            "Parquet needs pyarrow.", "install it with `pip install dynamic-sizzles[embeddings]`."
        ) from error
    arrays = {
        name: pa.array(list(values.float().numpy()), pa.list_(pa.float32(), values.shape[1]))
        if isinstance(values, Tensor)
        else values
        for name, values in columns.items()
    }
    table = pa.table(arrays).replace_schema_metadata({"model_version": model_version})
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink)
    try:
        write_atomically(path, sink.getvalue().to_pybytes())
    except OSError as error:
        raise RankerError(
            f"The embeddings cannot be written: {error.strerror}.",
            "choose a writable folder with free space.",
            where=str(path),
        ) from error


def _fit(rows_VE: Tensor, truth_VC: Tensor) -> Tensor:
    """Ridge regression from rows to classes, with the bias last; FC."""
    input_VF = F.pad(rows_VE, (0, 1), value=1.0).double()
    square_FF = input_VF.T @ input_VF
    square_FF += _RIDGE * square_FF.diagonal().mean() * torch.eye(len(square_FF))
    probe_FC: Tensor = torch.linalg.solve(square_FF, input_VF.T @ truth_VC.double())
    return probe_FC


def _accuracy(rows_VE: Tensor, probe_FC: Tensor, truth_VC: Tensor) -> float:
    likeliest_V = (F.pad(rows_VE, (0, 1), value=1.0).double() @ probe_FC).argmax(dim=1)
    return float(truth_VC.gather(1, likeliest_V[:, None]).mean())


def _common(
    after: Embeddings, before: Embeddings, what: str = "titles", at_least: int = 2
) -> list[str]:
    ids = sorted(set(after.ids) & set(before.ids))
    if len(ids) < at_least:
        raise TrainingError(
            f"The two models have no {what} in common.", f"compare models of the same {what}."
        )
    return ids


def _nearest(rows_VD: Tensor, count: int) -> Tensor:
    """The indexes of each row's nearest others by cosine, VX."""
    unit_VD = F.normalize(rows_VD, dim=1)
    return (unit_VD @ unit_VD.T).fill_diagonal_(-2).topk(count, dim=1).indices


def _overlap(one_VX: Tensor, other_VX: Tensor) -> float:
    both = [len(set(a) & set(b)) for a, b in zip(one_VX.tolist(), other_VX.tolist(), strict=True)]
    return sum(both) / max(1, one_VX.numel())
