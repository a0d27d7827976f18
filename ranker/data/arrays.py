"""Types of arrays."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

Where = Ints | NDArray[np.bool_] | slice
"""Selects elements of an array."""
