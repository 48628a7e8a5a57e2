"""Loaded models: which device and precision one is put on, and the last one, which the next job often wants again."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

import torch

from . import models
from .api import Engine, ErrorCode, Failure, Precision
from .batching import Capacity
from .fingerprint import fingerprint_of
from .models import Model


class Shelf:
    """Room for one model. What takes it changes nothing in it, or says `drop` afterwards."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._mark = ""
        self._model: Model | None = None
        self._capacities: dict[Hashable, Capacity] = {}

    def take(self, engine: Engine) -> Model:
        """The model of an engine, on its device; loaded anew only where another one was asked for before, or where
        another one lies under its name by now."""
        mark = models.mark(engine)
        if self._model is None or (engine, mark) != (self._engine, self._mark):
            self.drop()  # first, or two would have to fit
            device = device_of(engine)
            folder = Path(engine.models) if engine.models else None
            self._model = models.load(
                engine.model,
                device=device,
                dtype=precision_on(device, engine.precision),
                models=folder,
                may_download=engine.may_download,
            )
            self._engine, self._mark = engine, mark
        return self._model

    def capacity(
        self, engine: Engine, size: tuple[int, int], guidance: float, most: int = 0, looks: int = 0
    ) -> Capacity:
        """How many frames of this size at once, each beside so many looks that it attends to; the next job knows what
        this one has found out."""
        latents = self.take(engine).latents(size, guidance)
        key = (engine, size, latents, most, looks)
        return self._capacities.setdefault(key, Capacity(device_of(engine), latents, most))

    def drop(self) -> None:
        self._engine = self._model = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def device_of(engine: Engine) -> torch.device:
    if not engine.device:
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(engine.device)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # the latter where torch was built without that device
        hint = "Leave the device empty for the best there is."
        message = f"This computer has no device “{engine.device}” that torch can use."
        raise Failure(ErrorCode.BAD_INPUT, message, hint) from error
    return device


def mark_of(engine: Engine) -> str:
    """Of what an engine paints with: its model, and how exactly, where that is not what its device comes with. What was
    made before precision counted stands, and so does what another device made in its own."""
    device, mark = device_of(engine), models.mark(engine)
    chosen = precision_on(device, engine.precision)
    return mark if chosen is precision_on(device, Precision.AUTO) else fingerprint_of(mark, str(chosen))


def precision_on(device: torch.device, wanted: Precision) -> torch.dtype:
    """Half where the device computes faster in it: a processor mostly only imitates it."""
    if wanted is Precision.AUTO:
        wanted = Precision.HALF if device.type == "cuda" else Precision.FULL
    return torch.float16 if wanted is Precision.HALF else torch.float32
