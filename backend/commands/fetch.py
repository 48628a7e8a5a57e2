"""`fetch`: a model of the hub is downloaded."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..jobs import Job
from ..processes import data_folder
from .words import Answer, command


def add(commands: Any) -> None:
    fetch = command(commands, "fetch", "download a model of the Hugging Face hub, or what is missing of it")
    fetch.add_argument("model", help="its id, such as stable-diffusion-v1-5/stable-diffusion-v1-5")
    tab = str(data_folder() / "models").replace("%", "%%")
    where = f"where models are kept (default: the hub's own cache; the tab in Blender has its own, usually “{tab}”)"
    fetch.add_argument("--models", type=Path, metavar="DIR", help=where)
    fetch.set_defaults(run=_fetch)


def _fetch(asked: argparse.Namespace, job: Job) -> Answer:
    from .. import hub

    folder = hub.folder(asked.model, asked.models, may_download=True)
    return Answer({"folder": str(folder)}, f"“{asked.model}” is in {folder}")
