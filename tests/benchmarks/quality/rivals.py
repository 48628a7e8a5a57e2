"""What tuning has to beat: painters that are simpler, each fitted on the same frame and look, through the same VAE."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from backend import flow
from backend.models import Model
from backend.pictures import Pixels
from backend.pocket import judges
from tests.benchmarks.flow_error import hidden

from .task import LOOK, Task

SEVERAL = 8  # frames at once


def fitted(task: Task, look: Pixels, model: Model) -> dict[str, list[Pixels]]:
    """The judged frames as each of them paints them. The truth is no rival: it is what the VAE leaves possible."""
    source, wanted = _tensor(task.source[LOOK]), _tensor(look)
    shown = torch.cat([_tensor(task.source[i]) for i in task.frames])
    painters: dict[str, Callable[[Tensor], Tensor]] = {
        "source": lambda x: x,
        "colours": judges.fitted_colours(source, wanted),
        "patch network": judges.fitted_patch_net(source, wanted),
    }
    with torch.no_grad():
        painted = {name: paint(shown) for name, paint in painters.items()}
    painted["warped look"] = torch.cat([_tensor(warped(task, look, i)) for i in task.frames])
    painted["truth"] = torch.cat([_tensor(frame) for frame in task.truth])
    return {name: _through(model, frames) for name, frames in painted.items()}


def warped(task: Task, look: Pixels, number: int) -> Pixels:
    """The look carried along the true flow; the source where the look does not show what is there."""
    there, back = task.clip.flow(number, LOOK, task.style), task.clip.flow(LOOK, number, task.style)
    lost = hidden(there, back)[..., None]
    return np.where(lost, task.source[number], np.rint(flow.warp(look, there))).astype(np.uint8)


def _tensor(picture: Pixels) -> Tensor:
    """From -1 to 1, as the judges' painters want it."""
    return torch.tensor(picture).permute(2, 0, 1)[None].float() / 127.5 - 1


@torch.no_grad()
def _through(model: Model, frames: Tensor) -> list[Pixels]:
    made = []
    for some in (frames.clamp(-1, 1) / 2 + 0.5).split(SEVERAL):
        decoded = model.decode(model.encode(some))
        made += list((decoded * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy())
    return made
