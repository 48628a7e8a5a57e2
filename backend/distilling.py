"""A tuning's small decoder: what it learns from a study, how it is judged, and its way to a file and back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median

import torch
from torch import Tensor

from . import adapters, distilled, gathering, pairs, sampler, small_decoder
from .api import ErrorCode, Failure
from .batching import Capacity, in_batches
from .distilled import Examples, SmallDecoder
from .fingerprint import fingerprint_of
from .frozen import frozen
from .jobs import Job
from .models import Model, config_of
from .numbered import evenly
from .pairs import Pair
from .sampler import Denoiser
from .shots import shots_of
from .small_decoder import Distilled
from .study import Study
from .tuning import Tuning

VERSION = 1  # part of the fingerprint: a change of what is learned must count it up
STEPS = 600
FRAMES = 32  # at most, as they are and as a take paints them
LOOKS = 24  # crops and flips of all looks together, each also mixed with its frame
HELD = 8  # frames that it is judged by, and does not learn from
PREVIEW_STEPS = 8  # of a walk of many: what lies between shows nothing new
AT_ONCE = 4  # latents in the UNet, where the device holds them
NARROWER = 2  # times than the deepest level of the VAE's own decoder
LEAST_WIDTH = 32
NOISELESS = 1e-10


@frozen
class Lot:
    """What a small decoder is made from: pairs to learn from, and others to judge it by."""

    frames: list[Pair]
    looks: list[Pair]
    held: list[Pair]  # a look carried to frames that are not learned from; where it can be carried to none, the look


# --- what there is


def fingerprint(known: Tuning) -> str:
    """The tuning's mark stands for all frames and looks that it was taught."""
    return fingerprint_of(VERSION, STEPS, known.mark)


def standing(folder: Path, known: Tuning) -> Distilled | None:
    """What is there, where it is what would be learned."""
    try:
        found = small_decoder.read(folder, known.mark)
        if found is None or found.fingerprint != fingerprint(known):
            return None
        written = adapters.read_metadata(folder / small_decoder.WEIGHTS, "fingerprint")
    except Failure:  # a damaged one is made anew
        return None
    return found if written == found.fingerprint else None


def loaded(folder: Path, note: Distilled, model: Model) -> SmallDecoder:
    """In the model's precision, where its VAE is."""
    path, hint = folder / small_decoder.WEIGHTS, "Tune the strip again with the small decoder."
    if adapters.read_metadata(path, "fingerprint") != note.fingerprint:
        raise Failure(ErrorCode.BAD_STUDY, f"“{path}” is not the decoder of its note.", hint)
    decoder = _made(model)
    try:
        decoder.load_state_dict(adapters.read_tensors(path))
    except RuntimeError as error:
        raise Failure(ErrorCode.BAD_STUDY, f"“{path}” does not fit the model's VAE.", hint) from error
    return decoder.to(model.vae.device, model.vae.dtype).eval()


def made(channels: int, factor: int, deepest: int) -> SmallDecoder:
    """For a VAE with so many channels of its latents and at its deepest level."""
    return SmallDecoder(channels, factor, max(deepest // NARROWER, LEAST_WIDTH))


def _made(model: Model) -> SmallDecoder:
    config = config_of(model.vae)
    fresh = made(config.latent_channels, model.factor, config.block_out_channels[-1])
    return fresh.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]


# --- making one


def distil(kept: Study, known: Tuning, model: Model, job: Job) -> Distilled:
    """Of the tuning that is in the study. What was cancelled begins again: it takes a part of the tuning's time."""
    begun, folder = time.monotonic(), kept.tuning_folder
    lot = lot_of(kept, known, model, job)
    with adapters.applied(model, folder):
        denoisers = _denoisers(model, known)
        examples = _examples(lot, known, denoisers, model, job)
        painted = _walked(pairs.encode(model, lot.held, _checking(job)).x_o, lot.held, known, denoisers, model, job)
    decoder = taught(model, examples, known.recipe.seed, job)
    theirs = torch.cat([model.decode(one[None]).float() for one in painted])
    ours = torch.cat([decoder.decode(one[None]) for one in painted])
    wanted, sure = pairs.as_tensor([pair.look for pair in lot.held]).to(ours), _sure(lot.held).to(ours)
    lost = [psnr(a, y, w) - psnr(b, y, w) for a, b, y, w in zip(theirs, ours, wanted, sure, strict=True)]
    apart = [psnr(a, b, torch.ones_like(w)) for a, b, w in zip(theirs, ours, sure, strict=True)]
    seconds = time.monotonic() - begun
    note = Distilled(fingerprint(known), known.mark, median(lost), median(apart), seconds)
    metadata, forget = {"fingerprint": f'"{note.fingerprint}"'}, partial(small_decoder.forget, folder)
    adapters.write_tensors(folder / small_decoder.WEIGHTS, decoder.state_dict(), metadata, before=forget)
    small_decoder.write(folder, note)
    return note


def lot_of(kept: Study, known: Tuning, model: Model, job: Job) -> Lot:
    reference, chosen = kept.reference(), kept.gallery.chosen()
    # A tuning stands by what its looks show: painted again, they have other names.
    looks = [look for look in chosen if look.name in known.looks] or chosen
    job.progress(0, 1, "Distilling, carrying looks")
    tell, each = partial(job.progress, text="Distilling, carrying looks"), max(1, HELD // max(1, len(looks)))
    found = gathering.of_looks(kept, looks, each, shots_of(kept, job), model.unet.device, tell)
    own = [pair for pair in found if pair.sure is None]
    held = [pair for pair in found if pair.sure is not None] or own
    frames = gathering.of_references(kept, evenly(reference.numbers if reference else (), FRAMES))
    unseen = {pair.frame.tobytes() for pair in held}
    learned = [pair for pair in frames if pair.frame.tobytes() not in unseen] or frames
    return Lot(learned, list(pairs.varied(own, LOOKS, known.recipe.seed)), held)


def taught(model: Model, examples: Examples, seed: int, job: Job) -> SmallDecoder:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # what it begins with
        decoder = _made(model)
    decoder.to(model.vae.device)
    distilled.learn(decoder, examples, STEPS, seed, lambda step: job.progress(step, STEPS, "Distilling"))
    return decoder.requires_grad_(False).eval()


def _examples(lot: Lot, known: Tuning, denoisers: Sequence[Denoiser], model: Model, job: Job) -> Examples:
    """The frames, what the tuned network makes of them, as in a take, the looks, and what lies between."""
    frames, looks = (pairs.encode(model, some, _checking(job)) for some in (lot.frames, lot.looks))
    share = torch.rand((len(looks), 1, 1, 1), generator=torch.Generator().manual_seed(known.recipe.seed)).to(looks.x_o)
    between = share * looks.x_e + (1 - share) * looks.x_o
    painted = _walked(frames.x_o, lot.frames, known, denoisers, model, job)
    latents = torch.cat([frames.x_o, painted, looks.x_e, between])
    shown = []
    for done, one in enumerate(latents):
        job.progress(done, len(latents), "Distilling, decoding")
        shown.append(model.decode(one[None]).half())
    return Examples(latents, torch.cat(shown))


def _denoisers(model: Model, known: Tuning) -> list[Denoiser]:
    """One for every prompt that was taught."""
    told, empty = model.embed([*known.prompts]), model.embed([""])
    return [sampler.guided(model.unet, one[None], empty, known.painting.guidance) for one in told]


@torch.no_grad()
def _walked(
    x_0: Tensor, of: Sequence[Pair], known: Tuning, denoisers: Sequence[Denoiser], model: Model, job: Job
) -> Tensor:
    """As a take paints them, looks by their own prompts and frames by each in turn."""
    painting, unet = known.painting, model.unet
    whole = sampler.walk(painting.sampler, model.schedule, painting.strength, painting.steps)
    way = sampler.fast(whole, model.levels, min(known.fast or PREVIEW_STEPS, whole.times[0]))
    n_0 = painting.noise * sampler.noise(painting.seed, *x_0.shape[1:]).to(unet.device, unet.dtype)
    by = [(pair.prompt - 1 if pair.prompt else i) % len(denoisers) for i, pair in enumerate(of)]
    painted, done = torch.empty_like(x_0), 0
    capacity = Capacity(unet.device, x_0[0, 0].numel(), AT_ONCE)

    def paint(some: list[int]) -> Tensor:
        """Of one prompt."""
        job.progress(done, len(x_0), "Distilling, painting")
        return sampler.img2img(denoisers[by[some[0]]], way, x_0[some].to(n_0), n_0, lambda *_: job.check())

    for prompt in range(len(denoisers)):
        mine = [i for i, one in enumerate(by) if one == prompt]
        for some, latents in in_batches(mine, paint, capacity):
            painted[some] = latents.to(x_0)
            done += len(some)
    return painted


def _checking(job: Job) -> pairs.Watch:
    return lambda done: job.check()


def _sure(held: Sequence[Pair]) -> Tensor:
    """(batch, 1, height, width): how far each pixel of a carried look is to be believed."""
    whole = torch.ones(1, *held[0].frame.shape[:2])
    return torch.stack([whole if pair.sure is None else torch.tensor(pair.sure)[None] / 255 for pair in held])


def psnr(one: Tensor, other: Tensor, weight: Tensor) -> float:
    error = ((one - other).square() * weight).sum() / (3 * weight.sum())
    return -10 * float(torch.log10(error.nan_to_num(nan=1.0).clamp_min(NOISELESS)))
