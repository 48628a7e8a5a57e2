"""Pocket: the small Stable Diffusion that ships with the project, and the world that it was trained on."""

import hashlib
import json
from pathlib import Path

CHECKSUMS = "checksums.json"


def weights_folder() -> Path:
    """The diffusers folder that ships with the project."""
    return Path(__file__).parent / "weights"


def verify(folder: Path | None = None) -> None:
    """Raise ValueError in one sentence if a weight file is missing or damaged."""
    folder = folder or weights_folder()
    sums = folder / CHECKSUMS
    if not sums.is_file():
        raise ValueError(f"The pocket model is not in {folder}: install the extension again.")
    try:
        wanted: dict[str, str] = json.loads(sums.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"The pocket model's file {sums} is damaged: install the extension again.") from error
    for name, digest in wanted.items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            state = "damaged" if path.is_file() else "missing"
            raise ValueError(f"The pocket model's file {path} is {state}: install the extension again.")
