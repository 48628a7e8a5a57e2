"""One task after the other, each result kept as JSON, so that a run that was interrupted or split goes on."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from backend import disk, models
from backend.api import Engine, Propagate
from backend.fingerprint import fingerprint_of
from backend.pictures import Pixels
from backend.plain import to_json
from backend.shelf import Shelf

from . import rivals
from .ours import GUIDANCE, Variant, Workshop
from .scores import Scores, judge
from .task import Task

VERSION = 2  # part of every kept result: a change of what is judged must count it up
STRENGTHS = (0.45, 0.75)
SHOWN = 4  # of the judged frames, on the picture beside every result


@dataclass(frozen=True)
class Tuned:
    scores: Scores
    tuning_s: float
    rendering_s: float
    loss: float


class Runner:
    def __init__(self, engine: Engine, cache: Path) -> None:
        self.engine, self.cache, self.shelf = engine, cache, Shelf()
        weights = next((models.find(engine.model) / "unet").glob("*.safetensors"))
        self.model = hashlib.sha256(weights.read_bytes()).hexdigest()
        cache.mkdir(parents=True, exist_ok=True)

    def rivals(self, task: Task) -> dict[str, Scores]:
        """Everything but tuning."""
        kept = self._path(task, "rivals", GUIDANCE, STRENGTHS)
        if not kept.is_file():
            with tempfile.TemporaryDirectory(prefix="steady-quality-") as folder:
                workshop = Workshop(Path(folder), task, self.engine, self.shelf)
                look = workshop.look()
                made = {f"plain {strength:g}": workshop.plain(strength) for strength in STRENGTHS}
                made |= rivals.fitted(task, look, self.shelf.take(self.engine))
            _write(kept, {name: asdict(judge(task, frames, look)) for name, frames in made.items()})
            _picture(kept, list(made.values()))
        return {name: Scores(**scores) for name, scores in json.loads(kept.read_text("utf-8")).items()}

    def propagated(self, task: Task) -> Scores:
        kept = self._path(task, "propagated", to_json(Propagate("")))
        if not kept.is_file():
            with tempfile.TemporaryDirectory(prefix="steady-quality-") as folder:
                workshop = Workshop(Path(folder), task, self.engine, self.shelf)
                look = workshop.look()
                made = workshop.propagated()
            _write(kept, asdict(judge(task, made, look)))
            _picture(kept, [made])
        return Scores(**json.loads(kept.read_text("utf-8")))

    def tuned(self, task: Task, variant: Variant) -> Tuned:
        kept = self._path(task, "tuned", to_json(variant))
        if not kept.is_file():
            with tempfile.TemporaryDirectory(prefix="steady-quality-") as folder:
                workshop = Workshop(Path(folder), task, self.engine, self.shelf)
                look = workshop.look()
                result = workshop.tuned(variant)
            found = Tuned(judge(task, result.made, look), result.tuning_s, result.rendering_s, result.loss)
            _write(kept, asdict(found))
            _picture(kept, [[task.source[i] for i in task.frames], result.made, list(task.truth)])
        read = json.loads(kept.read_text("utf-8"))
        return Tuned(Scores(**read.pop("scores")), **read)

    def _path(self, task: Task, what: str, *parts: object) -> Path:
        of = fingerprint_of(VERSION, task.name, task.every, self.model, *parts)
        return self.cache / f"{task.name}-{what}-{of[:12]}.json"


def _write(path: Path, plain: object) -> None:
    disk.write(path, json.dumps(plain, indent=1).encode())


def _picture(path: Path, rows: Sequence[Sequence[Pixels]]) -> None:
    shown = [i * (len(rows[0]) - 1) // (SHOWN - 1) for i in range(SHOWN)]
    sheet = np.vstack([np.hstack([row[i] for i in shown]) for row in rows])
    Image.fromarray(sheet).save(path.with_suffix(".png"))
