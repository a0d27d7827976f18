"""Headers of fragments with pictures."""

from __future__ import annotations

from sizzle.hls.boxes import box, full_box


def header(*, samples: int = 3, first: bytes = b"mfhd", version: int = 1, offset: int = 0) -> bytes:
    """A header of some samples, written from the standard."""
    run_size = 8 + 12 + 8 * samples
    size = 8 + 16 + 8 + 20 + 20 + run_size
    cells = b"".join(
        (100 + number).to_bytes(4) + (number * 1001).to_bytes(4) for number in range(samples)
    )
    data_offset = (size + 8 + offset).to_bytes(4)
    traf = box(
        b"traf",
        full_box(b"tfhd", 0, 0x20008, (1).to_bytes(4) + (1001).to_bytes(4)),
        full_box(b"tfdt", version, 0, (40040).to_bytes(8 if version else 4)),
        full_box(b"trun", 0, 0xA01, samples.to_bytes(4), data_offset, cells),
    )
    number = full_box(first, 0, 0, (7).to_bytes(4))
    return box(b"moof", number, traf)
