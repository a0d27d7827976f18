"""The folder of an installation's state: API keys, the secret of its ids, answers to writes.

It is one folder for each user, wherever a command is started, so that keys and ids are not lost by
starting the service from another working directory. `SIZZLE_STATE` names another one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

from sizzle.errors import InputError

VARIABLE: Final = "SIZZLE_STATE"

_FORMER: Final = Path("service")
"""The default up to version 0.1, relative to the working directory."""
_MUST_NOT_BE_LOST: Final = ("keys.json", "secret")


def default_state_folder() -> Path:
    """The user's own, by the conventions of the platform."""
    return user_data_path("dynamic-sizzles", appauthor=False)


def state_folder(chosen: Path | None = None) -> Path:
    """The absolute path of the state folder; it need not exist.

    Args:
        chosen: an explicit choice; without it, that of the environment or the user's default.

    Raises:
        InputError: the default is meant, but the working directory has the folder of an earlier
            version, whose keys or secret would be ignored.
    """
    if chosen is None and (named := os.environ.get(VARIABLE)):
        chosen = Path(named)
    if chosen is not None:
        return chosen.absolute()
    folder = default_state_folder()
    _refuse_former_folder(folder)
    return folder


def _refuse_former_folder(folder: Path) -> None:
    """Ignored keys would open the service again, and an ignored secret would change all ids."""
    lost = [
        name
        for name in _MUST_NOT_BE_LOST
        if (_FORMER / name).exists() and not (folder / name).exists()
    ]
    if lost:
        raise InputError(
            f"An earlier version kept {' and '.join(lost)} here; the default is now {folder}.",
            where=str(_FORMER.absolute()),
            fix=f"move the files (mkdir -p '{folder}' && mv {_FORMER}/* '{folder}/'), "
            f"or set {VARIABLE}={_FORMER.absolute()}.",
        )
