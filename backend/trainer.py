"""The loop's inside: one batch, one update, and everything that a tuning needs to go on bit by bit where it stopped."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from accelerate.utils.memory import clear_device_cache
from torch import Generator, Tensor

from . import adapters, objective
from .api import Recipe
from .batching import is_out_of_memory
from .course import Loss
from .frozen import frozen
from .models import Model
from .objective import Lesson
from .optimiser import optimiser_of, remembered, remind
from .pairs import Encoded
from .several import Team
from .states import part, under

MOST_GRADIENT = 1.0


@frozen
class Material:
    """What is learned from, all of it on the device."""

    references: Encoded
    looks: Encoded
    prompts: Tensor  # embeddings; the first is the empty one
    n_0: Tensor


class Trainer:
    """Every draw comes from the recipe's seed and the number of the step, so that only weights and optimiser go on."""

    def __init__(
        self,
        model: Model,
        learned: Mapping[str, Tensor],
        precision: torch.dtype,
        recipe: Recipe,
        lesson: Lesson,
        material: Material,
        team: Team,
        spare: Callable[[], bool] = lambda: False,
    ) -> None:
        """`spare` is asked where memory runs out: whether it takes less of it from now on."""
        self.model, self.learned, self.recipe, self.lesson = model, learned, recipe, lesson
        self.material, self.team, self.precision = material, team, precision
        self.device, self._spare = model.unet.device, spare
        self.optimiser = optimiser_of(recipe, learned, self.device)
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=precision is torch.float16)

    # --- a step

    def learn(self, step: int) -> Loss:
        """Gradients of one batch, drawn as a whole by every process, which then does its part of it."""
        dice = Generator().manual_seed(_seed(self.recipe.seed, step))
        batch, is_look = self._batch(dice)
        drawn = objective.draw(self.lesson, self.model.levels, batch.x_o, batch.x_e, self.material.n_0, is_look, dice)
        losses = None
        while losses is None:
            losses = self._attempt(batch, drawn, is_look)
        self._share_out(losses)
        return _told(losses.detach().cpu(), is_look)

    def _attempt(self, batch: Encoded, drawn: objective.Draw, is_look: Tensor) -> Tensor | None:
        """None where memory ran out, and may not do so again."""
        try:
            return self._gradients(batch, drawn, is_look)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error) or not self._spare():
                raise
        self.optimiser.zero_grad()  # not in the except: the error's traceback holds on to what has to go
        clear_device_cache(garbage_collection=True)
        return None

    def _gradients(self, batch: Encoded, drawn: objective.Draw, is_look: Tensor) -> Tensor:
        losses = torch.zeros(self.recipe.batch, device=self.device)
        if mine := list(self.team.share(range(self.recipe.batch))):
            part = torch.tensor(mine, device=self.device)
            losses[part] = self._losses(batch.take(part), drawn, part, is_look)
            self.scaler.scale(losses.sum() / len(losses)).backward()
        else:
            self.scaler.scale(losses)  # or it would not know of a step that only the others have a part in
        return losses

    def look(self, step: int) -> Loss:
        """How the weights do at a batch of which they learn nothing."""
        loss = self.learn(step)
        self.optimiser.zero_grad()
        return loss

    def _batch(self, dice: Generator) -> tuple[Encoded, Tensor]:
        size = self.recipe.batch
        looks = math.floor(self.recipe.looks * size + float(torch.rand(1, generator=dice)))
        looks = min(looks, size)
        some = self.material.looks.take(torch.randint(len(self.material.looks), (looks,), generator=dice))
        rest = torch.randint(len(self.material.references), (size - looks,), generator=dice)
        return some.and_also(self.material.references.take(rest)), torch.arange(size) < looks

    def _losses(self, batch: Encoded, drawn: objective.Draw, part: Tensor, is_look: Tensor) -> Tensor:
        """Of every pair by itself: a process that has fewer of them counts for less, and a hidden part for nothing."""
        x, t, told = drawn.x[part], drawn.t[part], self.material.prompts[batch.prompt]
        target, weight = drawn.target[part], drawn.weight[part]
        if self.lesson.guidance > 1:
            with torch.no_grad():
                empty = self._predict(x, t, self.material.prompts[:1].expand_as(told))
            meant = objective.for_guidance(target, empty, self.lesson.guidance)
            target = torch.where(is_look.to(self.device)[part].reshape(-1, 1, 1, 1), meant, target)
        output = self._predict(x, t, told)
        each = zip(output, target, weight, batch.sure, strict=True)
        return torch.stack([objective.loss(o[None], y[None], w[None], s[None]) for o, y, w, s in each])

    def _predict(self, x: Tensor, t: Tensor, told: Tensor) -> Tensor:
        with self.computing():
            return self.model.unet(x, t, encoder_hidden_states=told, return_dict=False)[0].float()

    def computing(self) -> contextlib.AbstractContextManager[Any]:
        """What is learned is kept in full precision; the network computes in that of its model."""
        if self.precision is torch.float32:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, self.precision)

    def _share_out(self, losses: Tensor) -> None:
        if self.team.count == 1:
            return
        for parameter in self.learned.values():  # a process without a part has none
            parameter.grad = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        gradients = [p.grad for p in self.learned.values() if p.grad is not None]
        flat = torch.cat([losses.detach(), *(g.flatten() for g in gradients)])
        self.team.add_up(flat)
        own, *shared = flat.split([len(losses), *(g.numel() for g in gradients)])
        with torch.no_grad():
            losses.copy_(own)
            for gradient, sum_of_all in zip(gradients, shared, strict=True):
                gradient.copy_(sum_of_all.reshape(gradient.shape))

    def update(self) -> None:
        self.scaler.unscale_(self.optimiser)
        torch.nn.utils.clip_grad_norm_(self.learned.values(), MOST_GRADIENT)
        self.scaler.step(self.optimiser)
        self.scaler.update()
        self.optimiser.zero_grad()

    # --- to go on later

    @property
    def kind(self) -> str:
        """Of the optimiser: what one kind remembers another cannot read."""
        return type(self.optimiser).__name__

    def save(self, path: Path, note: dict[str, Any], course: Tensor) -> None:
        means, numbers = remembered(self.optimiser)
        tensors = under("learned", self.learned) | under("optimiser", means) | {"course": course}
        rest = {"numbers": numbers, "scaler": self.scaler.state_dict(), "optimiser": self.kind}
        adapters.write_tensors(path, tensors, {"note": json.dumps(note | rest)})

    def restore(self, path: Path) -> Tensor:
        """Everything but the note. Gives back the course."""
        note, tensors = adapters.read_metadata(path, "note"), adapters.read_tensors(path)
        with torch.no_grad():
            for name, parameter in self.learned.items():
                parameter.copy_(tensors[f"learned.{name}"])
        remind(self.optimiser, part(tensors, "optimiser"), note["numbers"])
        if note["scaler"]:
            self.scaler.load_state_dict(note["scaler"])
        return tensors["course"]


def _seed(*parts: int) -> int:
    """Unlike neighbours, or the draws of one step could resemble those of the next."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=4).digest())


def _told(losses: Tensor, is_look: Tensor) -> Loss:
    return Loss(float(losses.mean()), float(losses[is_look].mean()), float(losses[~is_look].mean()))
