"""Convolutions of few pixels by many weights, which a processor does faster as one product of matrices.

torch lays the weights of a convolution in another order at every call. At the bottom of Stable Diffusion's UNet, where
a few dozen pixels meet 59 MB of weights, that takes longer than all that is computed with them.
"""

from __future__ import annotations

import math

from torch import Tensor, nn
from torch.nn import functional

MOST_PIXELS, LEAST_WEIGHTS = 256, 8_000_000  # where it was seen to win: docs/benchmarks.md, "What was tried"


def quicken(network: nn.Module) -> None:
    """Of a network on a processor. It stays the same to whoever tunes, wraps or saves it."""
    for part in network.modules():
        if type(part) is nn.Conv2d and _is_large(part):
            part.__class__ = Product


class Product(nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        height, width = (self._made(side, axis) for axis, side in enumerate(x.shape[2:]))
        if len(x) * height * width > MOST_PIXELS:
            return super().forward(x)
        seen = functional.unfold(x, self.kernel_size, self.dilation, self.padding, self.stride)  # pyright: ignore
        made = self.weight.flatten(1) @ seen.transpose(0, 1).flatten(1)
        made = made if self.bias is None else made + self.bias[:, None]
        return made.unflatten(1, (-1, height, width)).transpose(0, 1).contiguous()

    def _made(self, side: int, axis: int) -> int:
        """So many pixels come out, as torch's manual has it."""
        padding: int = self.padding[axis]  # pyright: ignore
        span = self.dilation[axis] * (self.kernel_size[axis] - 1)
        return (side + 2 * padding - span - 1) // self.stride[axis] + 1


def _is_large(conv: nn.Conv2d) -> bool:
    plain = conv.groups == 1 and conv.padding_mode == "zeros" and not isinstance(conv.padding, str)
    return plain and math.prod(conv.kernel_size) > 1 and conv.weight.numel() >= LEAST_WEIGHTS
