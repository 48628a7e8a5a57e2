"""`convert`: a pickled model becomes safetensors."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..jobs import Job
from .words import Answer, command


def add(commands: Any) -> None:
    convert = command(commands, "convert", "convert a pickled model to safetensors, reading its tensors only")
    convert.add_argument("source", type=Path, help="a .ckpt, .pt, .pth or .bin file, or a diffusers folder")
    convert.add_argument("target", type=Path, nargs="?", help="the .safetensors to write (default: beside a file)")
    convert.set_defaults(run=_convert)


def _convert(asked: argparse.Namespace, job: Job) -> Answer:
    from ..convert import convert

    made = [str(path) for path in convert(asked.source, asked.target)]
    return Answer({"files": made}, "\n".join(made))
