"""How long a prompt may be: what a model would not see of it is refused, and never cut."""

from __future__ import annotations

import json
from pathlib import Path

from transformers import CLIPTokenizer

from . import disk, single_file
from .api import ErrorCode, Failure
from .frozen import frozen

USUAL = 77  # positions, where a configuration leaves it to CLIP's own


@frozen
class Reader:
    tokenizer: CLIPTokenizer
    positions: int  # that the text encoder knows

    @property
    def length(self) -> int:
        """The tokens a prompt may have, the mark at its start and the one at its end counted in."""
        return min(self.tokenizer.model_max_length, self.positions)

    def check(self, prompt: str) -> None:
        tokens = self.tokenizer(prompt).input_ids[1:-1]
        room = self.length - 2
        if len(tokens) > room:
            rest = str(self.tokenizer.decode(tokens[room:])).strip()
            message = f"The prompt has {len(tokens)} tokens and the model reads {room}: it would not see “{rest}”."
            raise Failure(ErrorCode.BAD_INPUT, message, "Shorten the prompt.")


def tokenizer_in(folder: Path) -> CLIPTokenizer:
    return CLIPTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)


def reader_of(place: Path) -> Reader:
    """Of a diffusers folder or a single file, without loading its networks."""
    if place.is_file():
        return Reader(*single_file.reading(place))
    config = json.loads(disk.read(place / "text_encoder" / "config.json"))
    return Reader(tokenizer_in(place), config.get("max_position_embeddings", USUAL))
