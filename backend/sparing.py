"""What a tuning takes of a card, and how it takes less: parts leave, and layers are computed twice instead of kept."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch

from .batching import SPARE, free_on
from .jobs import Job
from .models import Model

GRADIENT, MEANS, MEANS_IN_EIGHT_BITS, COPY = 4, 8, 2, 2  # bytes for each number that is learned
HALF, FULL = 1100, 1450  # bytes that all layers keep of a latent, for each channel of the first; found without a card


def needed(learned: int, latents: int, channels: int, half: bool, eight_bits: bool) -> int:
    """The bytes that a tuning takes beside the weights: of each number that is learned a gradient, AdamW's means, and
    a copy to compute with in half precision; of each latent of the batch what the layers keep for the way back."""
    means = MEANS_IN_EIGHT_BITS if eight_bits else MEANS
    return learned * (GRADIENT + means + half * COPY) + latents * channels * (HALF if half else FULL)


def free_of(device: torch.device) -> int | None:
    """Bytes of a card's own memory; None of what shares the computer's."""
    return free_on(device) if _is_card(device) else None


def _is_card(device: torch.device) -> bool:
    return device.type == "cuda"


# --- layers that are computed twice


@contextlib.contextmanager
def sparing(model: Model, wanted: int, free: int | None, job: Job) -> Iterator[None]:
    """Spares memory where this much is not free, and in any case no longer than here."""
    try:
        if free is not None and wanted > SPARE * free:
            spare(model, job)
        yield
    finally:
        model.unet.disable_gradient_checkpointing()


def spare(model: Model, job: Job) -> bool:
    """From now on, at a third more time. False where it was done already, and nothing is left to do."""
    if model.unet.is_gradient_checkpointing:
        return False
    model.unet.enable_gradient_checkpointing()
    job.log("The device's memory is short: layers are computed twice instead of kept, slower and to the same result.")
    return True


# --- parts that leave


@contextlib.contextmanager
def aside(model: Model) -> Iterator[None]:
    """What has said all it knows leaves the card while the UNet learns."""
    with contextlib.ExitStack() as away:
        if _is_card(model.unet.device):
            for part in (model.vae, model.text_encoder):
                away.enter_context(staying(part, torch.device("cpu")))
            torch.cuda.empty_cache()
        yield


@contextlib.contextmanager
def staying(part: Any, device: torch.device) -> Iterator[None]:
    """A part of the model on another device, and home afterwards."""
    home = part.device
    try:
        part.to(device)
        yield
    finally:
        part.to(home)
