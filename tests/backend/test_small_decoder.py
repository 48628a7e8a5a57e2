"""The small decoder: what it learns, what it loses, and takes that are painted with it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import miniature
import numpy as np
import pytest
import torch
import tuning_studies
from studies import quiet_job
from torch.utils.flop_counter import FlopCounterMode
from tuning_studies import PAINTING, SHELF, SHORT, Watched, add_look, run, same, weights

from backend import distilled, distilling, models, pictures, small_decoder, tuning
from backend.api import Engine, ErrorCode, Failure, Log, Render, Rendered, Tune, Way
from backend.distilled import Examples, SmallDecoder
from backend.stages import render as stage
from backend.study import Study

small_model, sampled = tuning_studies.small_model, tuning_studies.sampled
folder, ask = tuning_studies.folder, tuning_studies.ask

FAST = {"fast": 2, "small_decoder": True}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distilling, "STEPS", 6)
    monkeypatch.setattr(distilling, "LOOKS", 2)


def rendered(folder: Path, model: Path, **changes: Any) -> Rendered:
    usual = Render(str(folder), "", Way.FAST, "", Engine(str(model)), PAINTING, fast=2, small_decoder=True)
    return stage.render(replace(usual, **changes), [], quiet_job(), SHELF)


def decoder_file(folder: Path) -> Path:
    return folder / "tune" / small_decoder.WEIGHTS


def refused(work: Callable[[], object]) -> Failure:
    with pytest.raises(Failure) as caught:
        work()
    return caught.value


# --- the network


def test_it_learns_what_the_vae_makes_of_latents():
    """Pictures that are a function of the latents which no mixture of their channels is."""
    dice = torch.Generator().manual_seed(0)
    latents = torch.randn(12, 4, 8, 8, generator=dice)
    shown = torch.nn.functional.interpolate(latents[:, :3].abs(), scale_factor=8) / 4 + 0.2
    torch.manual_seed(0)
    decoder = SmallDecoder(4, 8, 16)
    distilled.learn(decoder, Examples(latents, shown.half()), 1, 0, lambda step: None)
    mixed = float((decoder.decode(latents) - shown).square().mean())
    distilled.learn(decoder, Examples(latents, shown.half()), 40, 0, lambda step: None)
    assert float((decoder.decode(latents) - shown).square().mean()) < 0.85 * mixed


def test_the_same_seed_learns_the_same():
    latents = torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    shown = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(2)).half()

    def learned(seed: int) -> dict[str, torch.Tensor]:
        torch.manual_seed(0)
        decoder = SmallDecoder(4, 8, 16)
        distilled.learn(decoder, Examples(latents, shown), 3, seed, lambda step: None)
        return decoder.state_dict()

    assert same(learned(1), learned(1))
    assert not same(learned(1), learned(2))


def test_the_edge_of_a_crop_does_not_count_and_that_of_the_picture_does():
    latents = torch.arange(64 * 64.0).reshape(1, 1, 64, 64)
    shown = torch.nn.functional.interpolate(latents, scale_factor=2).expand(1, 3, -1, -1) / 4096
    seen = set()
    for seed in range(40):
        some, picture, counts = distilled.crops(Examples(latents, shown.half()), 2, torch.Generator().manual_seed(seed))
        assert some.shape[2:] == (distilled.SIDE, distilled.SIDE)
        assert torch.allclose(picture[:, 0, ::2, ::2], some[:, 0] / 4096, atol=1e-3), "the picture of these latents"
        top = bool(some[0, 0, 0, 0] >= 64)
        seen.add(top)
        assert bool(counts[0, 0, 0].any()) is not top
        assert bool(counts[0, 0, 2 * distilled.MARGIN :].any())
    small = Examples(latents[..., :8, :8], shown[..., :16, :16].half())
    assert distilled.crops(small, 2, torch.Generator().manual_seed(0))[2].all(), "a whole picture counts to its edges"
    assert seen == {True, False}


def test_at_the_size_of_stable_diffusion_it_costs_a_few_percent_of_the_vaes_decoder():
    """Counted on no device at all."""
    config = {**models.config_of(miniature.pipeline().vae), "block_out_channels": (128, 256, 512, 512)}
    config |= {"layers_per_block": 2, "norm_num_groups": 32}
    with torch.device("meta"), torch.no_grad():
        vae: Any = type(miniature.pipeline().vae).from_config(config)
        small = distilling.made(4, 8, 512)
        latents = torch.zeros(1, 4, 64, 64)
        with FlopCounterMode(display=False) as large:
            vae.decode(latents)
        with FlopCounterMode(display=False) as little:
            assert small(latents).shape == (1, 3, 512, 512)
    assert large.get_total_flops() == pytest.approx(2.51e12, rel=0.01)
    assert little.get_total_flops() < 0.04 * large.get_total_flops()


# --- with a tuning


def test_a_tuning_brings_its_decoder_and_a_take_is_painted_with_it(
    ask: Callable[..., Tune], folder: Path, small_model: Path
):
    job = Watched()
    tuned = run(ask(**FAST), job)
    known = tuning.needed(folder / "tune")
    note = small_decoder.needed(folder / "tune", known.mark)
    assert [e.text for e, _ in job.events if isinstance(e, Log)]
    assert tuned.warning == note.warning
    small, large = rendered(folder, small_model), rendered(folder, small_model, small_decoder=False)
    assert (small.take, large.take) == ("fast 2 small", "fast 2")
    kept = Study.open(folder)
    assert kept.take("fast 2 small").note()["decoder"] == note.mark
    assert "decoder" not in kept.take("fast 2").note()
    pair = [pictures.read(kept.take(name).picture_path(1)).astype(float) for name in ("fast 2 small", "fast 2")]
    assert np.abs(pair[0] - pair[1]).mean() > 1
    assert rendered(folder, small_model) == replace(small, rendered=0)


def test_what_it_makes_is_what_it_learned(ask: Callable[..., Tune], folder: Path, small_model: Path):
    """A take's pixels are the decoder's own answer to the latents that the VAE's take was decoded from."""
    run(ask(**FAST))
    take = rendered(folder, small_model)
    model = SHELF.take(Engine(str(small_model)))
    known = tuning.needed(folder / "tune")
    decoder = distilling.loaded(folder / "tune", small_decoder.needed(folder / "tune", known.mark), model)
    kept = Study.open(folder)
    from backend import adapters
    from backend.painter import Painter

    with adapters.applied(model, folder / "tune"):
        painter = Painter(model, PAINTING, known.prompts[0], 2, decoder=decoder)
        expected = painter.paint([pictures.read(kept.frame_path(2))], lambda *_: None)[0]
    assert np.array_equal(pictures.read(kept.take(take.take).picture_path(2)), expected)


def test_what_stands_is_not_distilled_again_and_a_new_tuning_has_none(
    ask: Callable[..., Tune], folder: Path, small_model: Path
):
    run(ask(**FAST))
    before = decoder_file(folder).read_bytes()
    job = Watched()
    run(ask(**FAST), job)
    assert job.events == []
    run(ask(replace(SHORT, iterations=9), fast=2))
    failure = refused(lambda: rendered(folder, small_model))
    assert (failure.code, failure.message.endswith("has no small decoder.")) == (ErrorCode.BAD_INPUT, True)
    assert failure.hint
    run(ask(replace(SHORT, iterations=9), **FAST))
    assert decoder_file(folder).read_bytes() != before
    assert rendered(folder, small_model).rendered == 6


def test_it_is_added_to_a_tuning_that_stands(ask: Callable[..., Tune], folder: Path, small_model: Path):
    run(ask(fast=2))
    adapter = {name: weight.clone() for name, weight in weights(folder).items()}
    job = Watched()
    run(ask(**FAST), job)
    assert not any(getattr(e, "text", "").startswith("Tuning") for e, _ in job.events)
    assert same(weights(folder), adapter)
    assert rendered(folder, small_model).take == "fast 2 small"


def test_it_is_added_where_the_look_has_another_name_by_now(ask: Callable[..., Tune], folder: Path, small_model: Path):
    """It was deleted, and painted again just so: the tuning stands by what its looks show."""
    run(ask(fast=2))
    (folder / "looks" / "003-1.json").unlink()
    (folder / "looks" / "003-1.png").unlink()
    add_look(folder, "003-2", 3, "a red car")
    run(ask(**FAST))
    assert rendered(folder, small_model).take == "fast 2 small"


def test_cancelled_it_leaves_the_tuning_and_begins_again(ask: Callable[..., Tune], folder: Path, small_model: Path):
    class Leaving(Watched):
        def progress(self, done: int, total: int, text: str = "") -> None:
            super().progress(done, total, text)
            if text == "Distilling" and done == 3:
                self.cancel()

    assert refused(lambda: run(ask(**FAST), Leaving())).code is ErrorCode.CANCELLED
    known = tuning.needed(folder / "tune")
    assert (known.steps, decoder_file(folder).exists()) == (8, False)
    run(ask(**FAST))
    expected = decoder_file(folder).read_bytes()
    shutil.rmtree(folder / "tune")
    run(ask(**FAST))
    assert decoder_file(folder).read_bytes() == expected, "the same seed, the same decoder"


@contextlib.contextmanager
def full_above(network: torch.nn.Module, most: int) -> Iterator[list[int]]:
    """A device whose memory holds so many at once in the network; what it was asked for."""
    asked: list[int] = []

    def hold(_: Any, given: Any) -> None:
        asked.append(len(given[0]))
        if len(given[0]) > most:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")

    hook = network.register_forward_pre_hook(hold)
    try:
        yield asked
    finally:
        hook.remove()


def test_on_a_small_card_fewer_are_painted_at_once(ask: Callable[..., Tune], folder: Path, small_model: Path):
    run(ask(fast=2))
    with full_above(SHELF.take(Engine(str(small_model))).unet, 2) as asked:
        run(ask(**FAST))
    assert max(asked) > 2
    assert rendered(folder, small_model).rendered == 6


def test_a_card_that_cannot_hold_it_is_said_and_the_tuning_stays(
    ask: Callable[..., Tune], folder: Path, small_model: Path
):
    run(ask(fast=2))
    with full_above(SHELF.take(Engine(str(small_model))).vae.decoder, 0):
        failure = refused(lambda: run(ask(**FAST)))
    assert (failure.code, failure.message) == (
        ErrorCode.BAD_INPUT,
        "The device has too little memory to make the small decoder.",
    )
    assert failure.hint == "Render without it, or sample the strip with a smaller short side."
    assert rendered(folder, small_model, small_decoder=False).rendered == 6


@pytest.mark.parametrize("damage", ["short", "foreign", "gone"])
def test_a_damaged_decoder_is_refused_and_made_anew(
    ask: Callable[..., Tune], folder: Path, small_model: Path, damage: str
):
    run(ask(**FAST))
    file, whole = decoder_file(folder), decoder_file(folder).read_bytes()
    if damage == "short":
        file.write_bytes(whole[:-100])
    elif damage == "gone":
        file.unlink()
    else:
        file.write_bytes((folder / "tune" / "adapter.safetensors").read_bytes())
    failure = refused(lambda: rendered(folder, small_model))
    assert failure.code is ErrorCode.BAD_STUDY and small_decoder.WEIGHTS in failure.message
    run(ask(**FAST))
    assert file.read_bytes() == whole
    assert rendered(folder, small_model).rendered == 6


def test_it_says_so_where_it_loses_too_much(ask: Callable[..., Tune], folder: Path, small_model: Path):
    """After no step at all a picture is grey: the miniature's VAE is at random, and grey may even be nearer."""
    tuned = run(ask(**FAST))
    known = tuning.needed(folder / "tune")
    note = small_decoder.needed(folder / "tune", known.mark)
    assert bool(note.warning) is (note.lost > small_decoder.MOST_LOST)
    bad = replace(note, lost=1.26)
    small_decoder.write(folder / "tune", bad)
    said = rendered(folder, small_model)
    assert "loses 1.3 dB" in said.warning
    assert "loses 1.3 dB" in Study.open(folder).take(said.take).note()["warning"]
    assert "loses 1.3 dB" in run(ask(**FAST)).warning != tuned.warning


def test_a_plain_take_knows_nothing_of_it(ask: Callable[..., Tune], folder: Path, small_model: Path):
    plain = rendered(folder, small_model, way=Way.PLAIN, prompt="a red car")
    assert "decoder" not in Study.open(folder).take(plain.take).note()


def test_the_judging_frames_were_not_learned_from(ask: Callable[..., Tune], folder: Path, small_model: Path):
    run(ask(**FAST))
    known, model = tuning.needed(folder / "tune"), SHELF.take(Engine(str(small_model)))
    lot = distilling.lot_of(Study.open(folder), known, model, quiet_job())
    learned, held = ({pair.frame.tobytes() for pair in some} for some in (lot.frames, lot.held))
    assert learned and held and not learned & held
    assert all(pair.sure is not None for pair in lot.held), "looks that were carried there"
