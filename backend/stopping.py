"""When to stop: the windowed variance of what a network paints (ES-WMV: Wang et al. 2021, “Early Stopping for DIP”).

It falls while the network settles on what the frames share, and rises when it begins to take up what they do not."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

WINDOW = 20  # pictures that the variance is over
NEVER = torch.inf
FALLING = 0.1  # of the loss, in as many steps as its patience: what falls like that is not learned yet


class Watch:
    """Sees the same pictures again and again while the network learns."""

    def __init__(self, patience: int) -> None:
        self.patience = patience  # steps without a smaller variance
        self.best, self.least = 0, NEVER  # the step that painted steadiest, and the variance there
        self._loss = NEVER  # there
        self._window: list[Tensor] = []
        self._last = 0

    def see(self, step: int, pictures: Tensor, loss: float) -> bool:
        """Whether the network was never steadier."""
        self._last = step
        if self.over and loss < (1 - FALLING) * self._loss:
            self.least = NEVER  # it was steady only because it had hardly begun: steadiness is sought anew
        self._window = [*self._window, pictures.detach().half().cpu()][-WINDOW:]
        if len(self._window) < WINDOW:
            return False
        variance = self.variance()
        if not variance < self.least:
            return False
        self.best, self.least, self._loss = step, variance, loss
        return True

    def variance(self) -> float:
        return float(torch.stack(self._window).float().var(dim=0, correction=0).mean())

    @property
    def over(self) -> bool:
        return self.least < NEVER and self._last - self.best >= self.patience

    # --- to go on later

    def tensors(self) -> dict[str, Tensor]:
        numbers = torch.tensor([self.best, self.least, self._last, self._loss], dtype=torch.float64)
        return {"numbers": numbers, **({"window": torch.stack(self._window)} if self._window else {})}

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        best, self.least, last, self._loss = tensors["numbers"].tolist()
        self.best, self._last = int(best), int(last)
        self._window = list(tensors["window"]) if "window" in tensors else []
