"""Embeddings of titles and members for other programs, which do not notice that a model is new.

Two trainings of one model give spaces that say the same in other directions. So an export is turned
onto the space of the export before, by the rotation that brings the titles of both as close as can
be; products of members and titles, and with them every order, stay what they were.

Names of tensors end in their shape: V titles, M members, D and E widths, X neighbours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from ranker.data.files import write_atomically
from ranker.errors import RankerError, TrainingError

_NEIGHBOURS: Final = 100
_LISTED: Final = 100
_MEMBERS: Final = 1000
"""Whose lists are compared; more would hardly move the mean."""
_HELD: Final = 0.01
"""How much a probe is held towards zero, beside how much its inputs vary."""


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Rows of one space by id.

    Args:
        ids: of titles or members.
        rows_VD: one each.
        model_version: the model they are of.
    """

    ids: tuple[str, ...]
    rows_VD: Tensor
    model_version: str

    def turned(self, rotation_DE: Tensor) -> "Embeddings":
        """The same in another space."""
        return Embeddings(self.ids, self.rows_VD @ rotation_DE, self.model_version)

    def of(self, ids: Sequence[str]) -> Tensor:
        """The rows of some ids, all of which must be there."""
        place = {name: number for number, name in enumerate(self.ids)}
        return self.rows_VD[[place[name] for name in ids]]


@dataclass(frozen=True, slots=True)
class Stability:
    """How alike two trainings' titles are; each is 1 where nothing changed.

    Args:
        cosine_before: the mean cosine of a title with itself, as the trainings left them.
        cosine: the same after the map.
        neighbours: the mean share of a title's hundred nearest that it keeps, which no rotation
            changes.
    """

    cosine_before: float
    cosine: float
    neighbours: float


@dataclass(frozen=True, slots=True)
class Probe:
    """Of how many titles a probe names a class that is theirs, as a share.

    Args:
        before: on the training that it was fitted to, of titles it was not.
        after: on the next training, after the map.
        unturned: the same without the map.
    """

    before: float
    after: float
    unturned: float


def rotation(after: Embeddings, before: Embeddings, rank: int | None = None) -> Tensor:
    """The map from a newer space onto an older one, DE; products stay as they are.

    Args:
        after: of the newer model's titles.
        before: of the older one's.
        rank: keep only so many directions, those that both agree upon most; None keeps all.

    Raises:
        TrainingError: the two have no titles in common.
    """
    ids = _common(after, before)
    # Schonemann's solution: the nearest rotation is what is left of the product without its scale.
    left_DK, _, right_KE = torch.linalg.svd(after.of(ids).T @ before.of(ids), full_matrices=False)
    turn_DE: Tensor = left_DK[:, :rank] @ right_KE[:rank]
    return turn_DE


def stability(after: Embeddings, before: Embeddings) -> Stability:
    """How alike the titles of two trainings are, before the map and after it."""
    ids = _common(after, before)
    new_VD, old_VE = after.of(ids), before.of(ids)
    turned_VE = new_VD @ rotation(after, before)
    count = min(_NEIGHBOURS, len(ids) - 1)
    return Stability(
        float(F.cosine_similarity(new_VD, old_VE).mean()) if new_VD.shape == old_VE.shape else 0.0,
        float(F.cosine_similarity(turned_VE, old_VE).mean()),
        _kept(_nearest(new_VD, count), _nearest(old_VE, count)),
    )


def probe(
    after: Embeddings, before: Embeddings, classes: Mapping[str, Sequence[str]]
) -> Probe | None:
    """How a linear probe that was fitted to one training's titles does on the next one's.

    It is fitted to every other title, and asked for the likeliest class of the rest.

    Args:
        after: of the newer model's titles.
        before: of the older one's, which the probe is fitted to.
        classes: by title, such as its genres; titles without any do not take part.

    Returns:
        None where fewer than two titles have a class.
    """
    ids = [name for name in _common(after, before) if classes.get(name)]
    if len(ids) < 2:
        return None
    names = sorted({value for name in ids for value in classes[name]})
    truth_VC = torch.tensor([[float(value in classes[name]) for value in names] for name in ids])
    old_VE, new_VD = before.of(ids), after.of(ids)
    fitted_FC = _fitted(old_VE[::2], truth_VC[::2])
    turned_VE = new_VD @ rotation(after, before)
    same = new_VD.shape == old_VE.shape
    return Probe(
        *(
            _right(rows_VE[1::2], fitted_FC, truth_VC[1::2])
            for rows_VE in (old_VE, turned_VE, new_VD if same else torch.zeros_like(old_VE))
        )
    )


def lists_kept(
    members: Embeddings, titles: Embeddings, other_members: Embeddings, other_titles: Embeddings
) -> float:
    """The mean share of a member's hundred best titles, by products, that two exports agree on.

    Of titles and members that both have. A map by rotation changes no product, so beside what it is
    made of an export keeps all of them; beside an earlier model's it says how much lists change.

    Raises:
        TrainingError: the two have no titles or no members in common.
    """
    member_ids = _common(members, other_members, "members", least=1)[:_MEMBERS]
    title_ids = _common(titles, other_titles)
    count = min(_LISTED, len(title_ids) - 1)
    lists = [
        (rows.of(member_ids) @ columns.of(title_ids).T).topk(count, dim=1).indices
        for rows, columns in ((members, titles), (other_members, other_titles))
    ]
    return _kept(*lists)


def write_parquet(path: Path, embeddings: Embeddings) -> None:
    """Write embeddings as Parquet: `id`, and `embedding`, a list of floats of one length.

    Raises:
        RankerError: pyarrow is not there, or the file cannot be written.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise RankerError(
            "Parquet needs pyarrow.", "install it with `pip install dynamic-sizzles[embeddings]`."
        ) from error
    width = embeddings.rows_VD.shape[1]
    flat = pa.array(embeddings.rows_VD.float().flatten().numpy())
    table = pa.table(
        {"id": list(embeddings.ids), "embedding": pa.FixedSizeListArray.from_arrays(flat, width)}
    ).replace_schema_metadata({"model_version": embeddings.model_version})
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink)
    try:
        write_atomically(path, sink.getvalue().to_pybytes())
    except OSError as error:
        raise RankerError(
            f"The embeddings cannot be written: {error.strerror}.",
            "choose a folder that can be written and has space.",
            where=str(path),
        ) from error


def _fitted(rows_VE: Tensor, truth_VC: Tensor) -> Tensor:
    """The linear map from rows to classes, its bias last, that errs least; FC."""
    with_one_VF = F.pad(rows_VE, (0, 1), value=1.0).double()
    square_FF = with_one_VF.T @ with_one_VF
    square_FF += _HELD * square_FF.diagonal().mean() * torch.eye(len(square_FF))
    fitted_FC: Tensor = torch.linalg.solve(square_FF, with_one_VF.T @ truth_VC.double())
    return fitted_FC


def _right(rows_VE: Tensor, fitted_FC: Tensor, truth_VC: Tensor) -> float:
    likeliest_V = (F.pad(rows_VE, (0, 1), value=1.0).double() @ fitted_FC).argmax(dim=1)
    return float(truth_VC.gather(1, likeliest_V[:, None]).mean())


def _common(
    after: Embeddings, before: Embeddings, what: str = "titles", least: int = 2
) -> list[str]:
    ids = sorted(set(after.ids) & set(before.ids))
    if len(ids) < least:
        raise TrainingError(
            f"The two models have no {what} in common.", f"compare models of the same {what}."
        )
    return ids


def _nearest(rows_VD: Tensor, count: int) -> Tensor:
    """The places of each row's nearest others by cosine, VX."""
    unit_VD = F.normalize(rows_VD, dim=1)
    return (unit_VD @ unit_VD.T).fill_diagonal_(-2).topk(count, dim=1).indices


def _kept(one_VX: Tensor, other_VX: Tensor) -> float:
    both = [len(set(a) & set(b)) for a, b in zip(one_VX.tolist(), other_VX.tolist(), strict=True)]
    return sum(both) / max(1, one_VX.numel())
