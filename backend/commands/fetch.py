"""`fetch`: a model of the hub is downloaded; other commands with `--download` do the same first."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..api import Engine, FetchModel
from ..jobs import Job
from ..model_names import is_of_hub
from ..processes import data_folder
from ..study import Study
from .words import Answer, command, engine


def add(commands: Any) -> None:
    fetch = command(commands, "fetch", "download a model of the Hugging Face hub, or what is missing of it")
    fetch.add_argument("model", help="its id, such as stable-diffusion-v1-5/stable-diffusion-v1-5")
    tab = str(data_folder() / "models").replace("%", "%%")
    where = f"where models are kept (default: the hub's own cache; the tab in Blender has its own, usually “{tab}”)"
    fetch.add_argument("--models", type=Path, metavar="DIR", help=where)
    fetch.add_argument("--in-this-process", action="store_true", help=argparse.SUPPRESS)  # which is to be killed
    fetch.set_defaults(run=_fetch)


def _fetch(asked: argparse.Namespace, job: Job) -> Answer:
    from .. import hub

    if asked.in_this_process:
        folder = hub.folder(asked.model, asked.models, may_download=True)
    else:
        folder = _brought(asked.model, asked.models, job)
    return Answer({"folder": str(folder)}, f"“{asked.model}” is in {folder}")


def engine_at_hand(asked: argparse.Namespace, job: Job) -> Engine:
    """What paints. With `--download` its model is fetched here: within a stage that could not be cancelled."""
    wanted = engine(asked)
    if wanted.may_download and is_of_hub(wanted.model):
        Study.open(asked.study)
        _brought(wanted.model, Path(wanted.models) if wanted.models else None, job)
    return wanted


def _brought(model: str, models: Path | None, job: Job) -> Path:
    from .. import hub
    from ..stages import fetch

    kept = str(models.absolute()) if models else ""
    return hub.whole(model, models) or Path(fetch.fetch(FetchModel(model, kept), [], job).folder)
