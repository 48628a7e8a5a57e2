"""bitsandbytes 0.50 as far as a tuning asks it: AdamW with means in 8 bits, which it hides in its `state_dict`."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

LEAST, BLOCK = 4096, 256  # numbers of a weight whose means are kept in 8 bits, and those that share a scale
HIDDEN = "__bnb_optimizer_quant_state__"  # from FSDP, which cannot gather them


class AdamW8bit(torch.optim.Optimizer):
    def __init__(self, params: Any, lr: float = 1e-3, weight_decay: float = 1e-2) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay})
        self.map = torch.linspace(-1, 1, 256)  # one for all weights

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        for group in self.param_groups:
            for weight in group["params"]:
                state = self.state[weight]
                state["step"] = state.get("step", 0) + 1
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                mean = self._mean(state, "1", 0.9, weight.grad) / (1 - 0.9 ** state["step"])
                spread = self._mean(state, "2", 0.999, weight.grad.square()) / (1 - 0.999 ** state["step"])
                weight.sub_(group["lr"] * mean / (spread.clamp_min(0).sqrt() + 1e-8))

    def _mean(self, state: dict[str, Any], which: str, share: float, value: Tensor) -> Tensor:
        if value.numel() < LEAST:
            state[f"state{which}"] = state.get(f"state{which}", torch.zeros_like(value)).lerp(value, 1 - share)
            return state[f"state{which}"]
        before = torch.zeros_like(value)
        if f"state{which}" in state:
            known = state[f"qmap{which}"][state[f"state{which}"].long()].reshape(-1, BLOCK)
            before = (known * state[f"absmax{which}"][:, None]).view_as(value)
        mean = before.lerp(value, 1 - share).reshape(-1, BLOCK)
        largest = mean.abs().amax(dim=1)
        nearest = ((mean / largest[:, None].clamp_min(1e-30) + 1) * 127.5).round()
        state[f"state{which}"] = nearest.to(torch.uint8).view_as(value)
        state[f"qmap{which}"], state[f"absmax{which}"] = self.map, largest
        return mean.view_as(value)

    def state_dict(self) -> dict[str, Any]:
        made = super().state_dict()
        made["state"] = {
            i: {"step": of_one["step"], HIDDEN: {key: value for key, value in of_one.items() if key != "step"}}
            for i, of_one in made["state"].items()
        }
        return made

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        weights = [weight for group in self.param_groups for weight in group["params"]]
        kept = {i: {**of_one, **of_one.get(HIDDEN, {})} for i, of_one in state_dict["state"].items()}
        for of_one in kept.values():
            of_one.pop(HIDDEN, None)
        self.state = defaultdict(dict, {weights[i]: of_one for i, of_one in kept.items()})


optim = SimpleNamespace(AdamW8bit=AdamW8bit)
