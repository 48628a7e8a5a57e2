"""What is computed: a module a stage, each a few functions that take a request and a job."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import api
from ..jobs import Job
from . import example, frames, looks

if TYPE_CHECKING:
    from ..shelf import Shelf

Handler = Callable[[Any, list[bytes], Job], Any]


def handlers() -> dict[type, Handler]:
    """Which function does which request."""
    return {
        api.BeginFrames: frames.begin,
        api.PutFrame: frames.put,
        api.ChooseReference: frames.choose,
        api.ReleaseFrames: frames.release,
        api.DrawExample: example.draw,
        api.BringLook: looks.bring,
        api.ChooseLooks: looks.choose,
        **_late({api.OfferModel: "fetch.offer", api.FetchModel: "fetch.fetch"}),
        **_late({api.Measure: "measure.measure", api.WriteGif: "export.write_gif"}),
        **_with_models(
            {
                api.MakeLooks: "looks.make",
                api.Tune: "tune.tune",
                api.Render: "render.render",
                api.Smooth: "smooth.smooth",
                api.Propagate: "propagate.propagate",
            }
        ),
    }


def _late(stages: dict[type, str]) -> dict[type, Handler]:
    """Stages that are imported when asked for: sampling must not wait for what they need."""

    def handler(stage: str) -> Handler:
        return lambda request, blobs, job: _function(stage)(request, blobs, job)

    return {request: handler(stage) for request, stage in stages.items()}


def _with_models(stages: dict[type, str]) -> dict[type, Handler]:
    """Stages that share one shelf, and with it the models that were loaded before."""

    @functools.cache
    def shelf() -> Shelf:
        from ..shelf import Shelf

        return Shelf()

    def handler(stage: str) -> Handler:
        return lambda request, blobs, job: _function(stage)(request, blobs, job, shelf())

    return {request: handler(stage) for request, stage in stages.items()}


def _function(stage: str) -> Callable[..., Any]:
    module, name = stage.split(".")
    return getattr(importlib.import_module(f".{module}", __name__), name)
