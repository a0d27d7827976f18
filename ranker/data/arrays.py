"""Types of arrays."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

Bools = NDArray[np.bool_]

Where = Ints | Bools | slice
"""Selects elements of an array."""
