"""The note of the small decoder that lies beside a tuning: what it was distilled with, and what it loses."""

from __future__ import annotations

from pathlib import Path

from . import disk
from .api import ErrorCode, Failure
from .fingerprint import fingerprint_of
from .frozen import frozen
from .plain import to_json
from .record import SCHEMA, read_as, read_json, write_json

WEIGHTS = "decoder.safetensors"
NOTE = "decoder.json"
MOST_LOST = 0.3  # dB: what is worse says so


@frozen
class Distilled:
    """Beside its weights, which carry the same fingerprint."""

    fingerprint: str  # of all that it depends on
    taught: str  # the mark of the tuning beside it
    lost: float  # dB that it is farther than the VAE from a look carried to frames that it has not seen; the median
    apart: float  # PSNR of the two to each other there; the median
    seconds: float

    @property
    def mark(self) -> str:
        """Tells the weights beside it from those of every other."""
        return fingerprint_of(self.fingerprint, self.lost, self.apart)

    @property
    def warning(self) -> str:
        """'' or one sentence."""
        if self.lost <= MOST_LOST:
            return ""
        return (
            f"The small decoder loses {self.lost:.1f} dB on frames that it has not seen, more than the {MOST_LOST:g} "
            "that nobody sees: render without it where it shows."
        )


def read(folder: Path, taught: str) -> Distilled | None:
    """That of this tuning; None where there is none."""
    path = folder / NOTE
    if not disk.long_path(path).is_file():
        return None
    plain = read_json(path)
    plain.pop("schema", None)
    found = read_as(Distilled, plain, path)
    return found if found.taught == taught else None


def needed(folder: Path, taught: str) -> Distilled:
    if (found := read(folder, taught)) is not None:
        return found
    hint = "Tune again with the small decoder, or render without it."
    raise Failure(ErrorCode.BAD_INPUT, f"The tuning in “{folder}” has no small decoder.", hint)


def write(folder: Path, note: Distilled) -> None:
    """After its weights: with it they count."""
    write_json(folder / NOTE, {"schema": SCHEMA, **to_json(note)})


def forget(folder: Path) -> None:
    """Before its weights are replaced."""
    disk.remove(folder / NOTE)
