"""How soon the backend answers, and what a second render of the same model does not do again."""

from __future__ import annotations

import importlib
import shutil
import sys
import time
import types
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from backend.api import Painting, Render, Way
from backend.shelf import Shelf
from backend.stages import render

from .cases import Case
from .figures import Figure, figure
from .watched import LOADING, Watched

ROOT = Path(__file__).parents[3]
PACKAGE = "steady_by_itself"
sys.modules.setdefault(PACKAGE, types.ModuleType(PACKAGE)).__path__ = [str(ROOT)]
session: Any = importlib.import_module(f"{PACKAGE}.session")


def hello(rounds: int) -> list[Figure]:
    """From the click to the backend's greeting; torch is imported with the first stage that needs it."""
    return [figure("the backend is ready", [_until_welcome() for _ in range(rounds)], "s", most=1.5, device="cpu")]


def _until_welcome() -> float:
    one = session.Session()
    with TemporaryDirectory() as logs:
        begun = time.perf_counter()
        one.start(session.Launch(Path(sys.executable), ROOT, Path(logs)))
        try:
            api = importlib.import_module(f"{PACKAGE}.backend.api")
            one.ask(api.Ping()).result(60)
            return time.perf_counter() - begun
        finally:
            one.close()


def second_render(case: Case, painting: Painting) -> list[Figure]:
    """Of the same model, which is on the shelf by then: what it says to be loading."""
    shelf, loading = Shelf(), []
    wanted = Render(str(case.study), "again", Way.PLAIN, case.prompt, case.engine, painting)
    for _ in range(2):
        shutil.rmtree(case.study / "takes" / "again", ignore_errors=True)
        watched = Watched()
        render.render(wanted, [], watched, shelf)
        loading.append(watched.seconds[LOADING])
    return [
        figure(f"{case.name}: loading the model, at a first render", [loading[0]], "s"),
        figure(f"{case.name}: loading the model, at a second render", [loading[1]], "s", most=loading[0] / 2),
    ]
