"""An encoder in closed form: an AutoencoderKL's encoder set so that it computes principal components of 4x4 patches.

On two shared cores, training the encoder is the costliest way to a worse result: components keep more of thin lines
than an hour of descent does, leave all the time to the decoder, and let the denoiser train on final latents at once.
"""

from typing import Any

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

from ..frozen import frozen

PATCH = 4
LOUD = 100.0
"""A constant pair of channels this loud makes a group's norm the same for every picture, so that it does nothing."""
WHITENING = 0.5
"""How far the components' spreads are evened out: at 0 the denoiser sees little of fine ones, at 1 only them."""


@frozen
class Basis:
    """Rows of `maps` turn a patch (channel, row, column) less the mean into one component each."""

    maps: np.ndarray
    mean: np.ndarray


def patches(pixels: np.ndarray) -> np.ndarray:
    """All 4x4 patches of uint8 pictures, in [-1, 1]: one a row."""
    n, h, w, _ = pixels.shape
    x = pixels.astype(np.float32) / 127.5 - 1
    x = x.reshape(n, h // PATCH, PATCH, w // PATCH, PATCH, 3).transpose(0, 1, 3, 5, 2, 4)
    return x.reshape(-1, 3 * PATCH * PATCH)


def fitted_basis(pixels: np.ndarray, weights: np.ndarray, count: int) -> Basis:
    """Weighted principal components, partly whitened."""
    x = patches(pixels)
    each = np.repeat(weights, len(x) // len(pixels))
    mean = np.average(x, axis=0, weights=each)
    spread, axes = np.linalg.eigh(np.cov((x - mean).T, aweights=each))
    spread, axes = spread[::-1][:count], axes[:, ::-1][:, :count]
    return Basis((axes / np.sqrt(spread) ** WHITENING).T.astype(np.float32), mean.astype(np.float32))


@torch.no_grad()
def set_encoder(vae: AutoencoderKL, basis: Basis) -> None:
    """Write the components into the encoder's weights; everything that is not needed adds nothing."""
    encoder: Any = vae.encoder
    first, second, third = encoder.down_blocks
    for block in (first, second, third, encoder.mid_block):
        for resnet in block.resnets:
            _silence(resnet.conv2)
    _unit(encoder.conv_in, [(c, c, 1, 1) for c in range(3)])
    corners = [(i, j) for i in (0, 1) for j in (0, 1)]
    for block, count in ((first, 3), (second, 12)):
        taps = [(4 * c + 2 * i + j, c, i, j) for c in range(count) for i, j in corners]
        _unit(block.downsamplers[0].conv, taps)
    _unit(second.resnets[0].conv_shortcut, [(c, c, 0, 0) for c in range(12)])
    _set_components(third.resnets[0].conv_shortcut, encoder, basis)
    _eye(vae.quant_conv)
    _eye(vae.post_quant_conv)


def _set_components(last: Any, encoder: Any, basis: Basis) -> None:
    """Every component as a plus and a minus channel: SiLU(x) - SiLU(-x) is x, so the activation does nothing either."""
    norm, out = encoder.conv_norm_out, encoder.conv_out
    groups, size = norm.num_groups, norm.num_channels // norm.num_groups
    for parameter in (last.weight, last.bias, norm.weight, norm.bias, out.weight, out.bias):
        parameter.zero_()
    count = len(basis.maps)
    order = [_patch_index(feature) for feature in range(3 * PATCH * PATCH)]
    gain = LOUD * (2 / size) ** 0.5
    for number, row in enumerate(torch.from_numpy(basis.maps)):
        group, slot = number % groups, number // groups
        plus = int(group * size + 2 * slot)
        offset = -float(row @ torch.from_numpy(basis.mean))
        for channel, sign in ((plus, 1.0), (plus + 1, -1.0)):
            last.weight[channel, : len(order), 0, 0] = sign * row[order]
            last.bias[channel] = sign * offset
            norm.weight[channel] = gain
            out.weight[number, channel, 1, 1] = sign
    for group in range(int(groups)):
        last.bias[group * size + size - 2] = LOUD
        last.bias[group * size + size - 1] = -LOUD
    out.bias[count:] = -8.0


def _patch_index(feature: int) -> int:
    """Where the feature that two halvings make of a pixel lies in a patch of (channel, row, column)."""
    channel, first, second = feature // 16, feature // 4 % 4, feature % 4
    row, column = first // 2 + 2 * (second // 2), first % 2 + 2 * (second % 2)
    return channel * 16 + row * 4 + column


def _silence(convolution: Any) -> None:
    convolution.weight.zero_()
    convolution.bias.zero_()


def _unit(convolution: Any, taps: list[tuple[int, int, int, int]]) -> None:
    """Each tap copies one input channel, from one corner of the kernel, to one output channel."""
    for channel, *_ in taps:
        convolution.weight[channel] = 0
        convolution.bias[channel] = 0
    for out, source, row, column in taps:
        convolution.weight[out, source, row, column] = 1


def _eye(convolution: Any) -> None:
    _silence(convolution)
    size = convolution.out_channels
    convolution.weight[:, :, 0, 0] = torch.eye(size)
