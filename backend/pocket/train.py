"""Training: the encoder in closed form, then the decoder, and the denoiser with the text encoder, on its latents."""

import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor, distributed, nn
from torch.nn import functional

from ..frozen import frozen
from . import data, linear, model, weights_folder
from .captions import Style
from .tokens import LENGTH, tokenizer

SAVE_EVERY = 60.0
"""Seconds; training may be killed at any moment."""

MEET_EVERY = 40
"""Steps between two meetings of workers that train together."""

OFFSET = 0.2
"""Noise that a whole channel shares. Stable Diffusion's last timestep still shows a picture's mean, so a network that
never lost it learns day and night from there and not from the words."""


def half() -> torch.autocast:
    """bfloat16 where the machine computes in it: where it only imitates it a step takes twenty times as long."""
    return torch.autocast("cpu", torch.bfloat16, enabled=torch.cpu._is_avx512_bf16_supported())


@frozen
class Plan:
    """How long and how fast; the learning rate falls to nothing over the minutes, counted over all restarts."""

    cache: Path
    minutes: float
    batch: int
    rate: float
    seed: int = 0
    start: Path | None = None
    """A diffusers folder to go on from, as the committed weights; for the encoder and the denoiser."""
    steps: int | None = None
    """Instead of minutes: then a seed decides everything, on one machine."""


def workers() -> int:
    """How many processes train together: as many as `torchrun` started, each with one thread."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def worker() -> int:
    return int(os.environ.get("RANK", "0"))


class Trainer:
    """Steps, a clock, a running average of the weights, and a file from which all of it goes on."""

    def __init__(self, name: str, networks: nn.ModuleDict, plan: Plan) -> None:
        if workers() > 1 and not distributed.is_initialized():
            distributed.init_process_group("gloo")
        self.networks, self.plan, self.path = networks, plan, plan.cache / f"{name}.pt"
        self.optimiser = torch.optim.AdamW(networks.parameters(), plan.rate, betas=(0.9, 0.99), weight_decay=0.01)
        self.average = {key: value.detach().clone() for key, value in networks.state_dict().items()}
        self.step, self.elapsed, self.loss, self.share = 0, 0.0, math.nan, 0.0
        self._began, self._saved = time.monotonic(), time.monotonic()
        if self.path.is_file():
            self._resume()

    def _resume(self) -> None:
        state = torch.load(self.path, weights_only=True)
        self.networks.load_state_dict(state["networks"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average, self.step, self.elapsed = state["average"], state["step"], state["elapsed"]
        print(f"resumed {self.path.name} at step {self.step}, {self.elapsed / 60:.1f} minutes", flush=True)

    def done(self) -> bool:
        """Whether the planned time is over; workers meet now and then, share their weights and set their clocks."""
        if workers() == 1 or self.step % MEET_EVERY == 0:
            now = torch.tensor(self.seconds())
            if workers() > 1:
                distributed.broadcast(now, 0)
                self._meet()
            steps = self.plan.steps
            self.share = min(1.0, self.step / steps if steps else float(now) / (self.plan.minutes * 60))
        return self.share >= 1

    @torch.no_grad()
    def _meet(self) -> None:
        """Local SGD: every worker walks alone, and all go on from the middle, so that no step waits for another."""
        for value in self.networks.parameters():
            distributed.all_reduce(value)
            value /= workers()

    def seconds(self) -> float:
        return self.elapsed + time.monotonic() - self._began

    def update(self, loss: Tensor) -> None:
        """One step of AdamW with warm-up and a cosine over the planned time."""
        fall = 0.02 + 0.49 * (1 + math.cos(math.pi * self.share))
        rate = self.plan.rate * min(1.0, (self.step + 1) / 100) * fall
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        loss.backward()
        nn.utils.clip_grad_norm_(self.networks.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        decay = min(0.999, (self.step + 1) / (self.step + 10))
        with torch.no_grad():
            for key, value in self.networks.state_dict().items():
                self.average[key].lerp_(value, 1 - decay)
        now = float(loss.detach())
        self.loss = now if math.isnan(self.loss) else 0.98 * self.loss + 0.02 * now
        if worker() > 0:
            return
        if self.step % 50 == 0:
            print(f"{self.step} loss {self.loss:.4f} rate {rate:.1e} {self.seconds() / 60:.1f} min", flush=True)
        if time.monotonic() - self._saved > SAVE_EVERY:
            self.save()

    def save(self) -> None:
        """To a temporary name first, so that a kill never leaves half a file."""
        if worker() > 0:
            return
        part = self.path.with_suffix(".part")
        state = {
            "networks": self.networks.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "elapsed": self.seconds(),
        }
        torch.save(state, part)
        part.replace(self.path)
        self._saved = time.monotonic()


def to_tensor(pixels: np.ndarray) -> Tensor:
    """Pictures as networks want them, in [-1, 1]."""
    return torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1


def _differences(x: Tensor) -> tuple[Tensor, Tensor]:
    return x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]


def reconstruction_loss(made: Tensor, true: Tensor) -> Tensor:
    """Squares keep thin lines that a median forgets; differences of neighbours keep them sharp."""
    edges = sum(((a - b) ** 2).mean() for a, b in zip(_differences(made), _differences(true), strict=True))
    return 4 * ((made - true) ** 2).mean() + 0.5 * (made - true).abs().mean() + 2 * edges


def prepare_encoder(plan: Plan) -> None:
    """Set the encoder in closed form, or take a trained one, and turn all pictures to latents."""
    squares = data.opened(data.folders(plan.cache)[0])
    torch.manual_seed(plan.seed)
    if plan.start:
        vae = AutoencoderKL.from_pretrained(plan.start, subfolder="vae")
        factor = float(vae.config["scaling_factor"])
        encoded = partial(_encoded, vae)
    else:
        # Neon's glowing tubes are the first to drown in twelve numbers a patch, so they count double.
        weights = np.where(squares.labels[:2000, 0] == list(Style).index(Style.NEON), 2.0, 1.0)
        basis = linear.fitted_basis(np.array(squares.pixels[:2000]), weights, model.LATENTS)
        vae = model.vae()
        linear.set_encoder(vae, basis)
        _quieten(vae)
        encoded = partial(_components, basis=basis)
        factor = 1 / float(encoded(np.array(squares.pixels[:2000])).astype(np.float32).std())
    torch.save(vae.state_dict(), plan.cache / "encoder.pt")
    for folder in data.folders(plan.cache):
        latents = np.concatenate([encoded(some) for some in _hundreds(data.opened(folder).pixels)])
        np.savez(_latents_file(plan.cache, folder), latents=latents, factor=factor)
        print(f"{folder.name}: {len(latents)} latents, factor {factor:.4f}", flush=True)


def _latents_file(cache: Path, folder: Path) -> Path:
    return cache / f"latents-{folder.name}.npz"


def _latents(cache: Path, folder: Path) -> Mapping[str, np.ndarray]:
    path = _latents_file(cache, folder)
    if not path.is_file():
        raise ValueError(f"{path} does not exist: run `python -m backend.pocket train encoder` first.")
    return np.load(path)


def _hundreds(pixels: np.ndarray) -> Iterator[np.ndarray]:
    return (np.array(pixels[i : i + 100]) for i in range(0, len(pixels), 100))


def _quieten(vae: AutoencoderKL) -> None:
    """Let the decoder's residual blocks begin as identities, which learns faster."""
    decoder: Any = vae.decoder
    for block in (decoder.mid_block, *decoder.up_blocks):
        for resnet in block.resnets:
            nn.init.zeros_(resnet.conv2.weight)


@torch.no_grad()
def _encoded(vae: AutoencoderKL, pixels: np.ndarray) -> np.ndarray:
    coder: Any = vae
    return coder.encode(to_tensor(pixels)).latent_dist.mean.half().numpy()


def _components(pixels: np.ndarray, basis: linear.Basis) -> np.ndarray:
    n, h, w, _ = pixels.shape
    found = (linear.patches(pixels) - basis.mean) @ basis.maps.T
    return found.reshape(n, h // linear.PATCH, w // linear.PATCH, -1).transpose(0, 3, 1, 2).astype(np.float16)


def train_decoder(plan: Plan) -> None:
    """Train the decoder on the cached latents, a little shaken, as the denoiser's own latents will be."""
    torch.manual_seed(plan.seed)
    vae = prepared_vae(plan.cache)
    parts = nn.ModuleDict({"decoder": vae.decoder, "post_quant_conv": vae.post_quant_conv})  # type: ignore[dict-item]
    trainer = Trainer("decoder", parts, plan)
    folder = data.folders(plan.cache)[0]
    pictures, latents = data.opened(folder), _latents(plan.cache, folder)["latents"]
    for chosen in _batches([len(latents)], plan, trainer.step):
        if trainer.done():
            break
        true, given = to_tensor(pictures.pixels[chosen]), torch.from_numpy(latents[chosen]).float()
        given = given + 0.04 * torch.randn(given.shape, generator=_generator(plan, trainer.step))
        with half():
            made = vae.decode(given).sample  # type: ignore[union-attr, arg-type]
        trainer.update(reconstruction_loss(made.float(), true))
    trainer.save()


def _generator(plan: Plan, step: int) -> torch.Generator:
    return torch.Generator().manual_seed((plan.seed * 1_000_003 + step) * 64 + worker())


def _batches(counts: Sequence[int], plan: Plan, step: int) -> Iterator[np.ndarray]:
    """Endless sorted draws from sets that take turns; which one comes depends on the seed and the step alone, so that
    resuming goes on."""
    while True:
        count = counts[step % len(counts)]
        if count < plan.batch:
            raise ValueError(f"{count} pictures make no batch of {plan.batch}: draw more, or choose a smaller --batch.")
        rng = np.random.default_rng([plan.seed, step, worker()])
        yield np.sort(rng.choice(count, plan.batch, replace=False))
        step += 1


def averaged(networks: nn.ModuleDict, cache: Path, name: str) -> nn.ModuleDict:
    """The networks with the running average of their training."""
    path = cache / f"{name}.pt"
    if not path.is_file():
        raise ValueError(f"{path} does not exist: train it first with `python -m backend.pocket train {name}`.")
    networks.load_state_dict(torch.load(path, weights_only=True)["average"])
    return networks.eval()


def train_unet(plan: Plan) -> None:
    """Train the denoiser and the text encoder together on the cached latents."""
    torch.manual_seed(plan.seed)
    tokens = tokenizer(plan.cache / "tokenizer")
    networks = nn.ModuleDict({"unet": model.unet(), "text": model.text_encoder(tokens)})
    if plan.start:
        model.load_networks(plan.start, networks)
    trainer = Trainer("unet", networks, plan)
    folders = data.folders(plan.cache)
    sets = [(data.opened(folder).labels, _scaled(_latents(plan.cache, folder))) for folder in folders]
    scheduler = model.scheduler()
    alphas = scheduler.alphas_cumprod
    for chosen in _batches([len(latents) for _, latents in sets], plan, trainer.step):
        if trainer.done():
            break
        labels, latents = sets[trainer.step % len(sets)]
        rng = Random(f"{plan.seed}:{trainer.step}:{worker()}")
        words = [data.spoken(data.Label.of(labels[i]), rng) for i in chosen]
        ids = tokens(words, padding="max_length", truncation=True, max_length=LENGTH, return_tensors="pt").input_ids
        generator = _generator(plan, trainer.step)
        clean = latents[chosen].float()
        noise = torch.randn(clean.shape, generator=generator)
        noise = noise + OFFSET * torch.randn((*clean.shape[:2], 1, 1), generator=generator)
        steps = torch.randint(0, len(alphas), (len(clean),), generator=generator)
        noisy = scheduler.add_noise(clean, noise, steps)  # type: ignore[arg-type]
        with half():
            states = networks["text"](ids).last_hidden_state
            predicted = networks["unet"](noisy, steps, states).sample
        ratio = alphas[steps] / (1 - alphas[steps])
        weight = ratio.clamp(max=5) / ratio
        error = functional.mse_loss(predicted.float(), noise, reduction="none").mean((1, 2, 3))
        trainer.update((weight * error).mean())
    trainer.save()


def _scaled(stored: Mapping[str, np.ndarray]) -> Tensor:
    """Latents as the denoiser sees them."""
    return torch.from_numpy(stored["latents"] * np.float16(stored["factor"]))


def prepared_vae(cache: Path) -> AutoencoderKL:
    """The autoencoder as `train encoder` left it."""
    if not (cache / "encoder.pt").is_file():
        raise ValueError(f"{cache / 'encoder.pt'} does not exist: run `python -m backend.pocket train encoder` first.")
    vae = model.vae()
    vae.load_state_dict(torch.load(cache / "encoder.pt", weights_only=True))
    return vae


def trained_vae(cache: Path) -> AutoencoderKL:
    """The autoencoder with its decoder as far as that was trained here."""
    vae = prepared_vae(cache)
    if (cache / "decoder.pt").is_file():
        parts = nn.ModuleDict({"decoder": vae.decoder, "post_quant_conv": vae.post_quant_conv})  # type: ignore[dict-item]
        averaged(parts, cache, "decoder")
    return vae.eval()


def pack(cache: Path, folder: Path | None) -> None:
    """Put the averaged networks together as a diffusers folder in half precision, with checksums."""
    folder = folder or weights_folder()
    tokens = tokenizer(cache / "tokenizer")
    parts = averaged(nn.ModuleDict({"unet": model.unet(), "text": model.text_encoder(tokens)}), cache, "unet")
    vae = trained_vae(cache)
    vae.register_to_config(scaling_factor=float(_latents(cache, data.folders(cache)[0])["factor"]))  # type: ignore[operator]
    model.save(folder, vae, tokens, parts["text"], parts["unet"])  # type: ignore[arg-type]
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{folder}: {size / 1e6:.1f} MB")
