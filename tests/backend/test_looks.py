"""The looks stage as Blender uses it: candidates are painted, and again, and nothing is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import looking
import miniature
import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from looking import CLIP, PAINTING, choose, gallery, picture, refusal
from studies import begin, put, quiet_job, release, source

from backend import api, composition, sampler
from backend.api import Engine, ErrorCode, MakeLooks, Painting, Precision
from backend.batching import MOST
from backend.fingerprint import shown_by
from backend.jobs import Job
from backend.shelf import Shelf
from backend.stages import looks
from backend.study import Study

model, shelf, folder = looking.model, looking.shelf, looking.folder
make = looking.make


def test_every_prompt_is_painted_with_every_seed_and_the_best_composition_is_first(folder: Path, make):
    made = make("neon", "oil", count=3)
    assert {(look.prompt, look.painting.seed) for look in made.looks} == {
        (prompt, seed) for prompt in ("neon", "oil") for seed in (5, 6, 7)
    }
    scores = [look.composition for look in made.looks]
    assert scores == sorted(scores, reverse=True)
    assert sorted(look.name for look in made.looks) == [f"002-{i}" for i in range(1, 7)]
    for look in made.looks:
        pixels = picture(folder, look)
        assert pixels.shape == (64, 96, 3)
        assert look.composition == composition.score(CLIP[1], pixels)
        assert (look.frame, look.chosen, look.brought) == (2, False, "")
    assert len({picture(folder, look).tobytes() for look in made.looks}) == 6
    assert sorted(gallery(folder), key=lambda look: -look.composition) == list(made.looks)


def test_a_candidate_is_the_same_alone_and_among_others(folder: Path, make):
    among = {look.painting.seed: picture(folder, look) for look in make("neon", count=3).looks}
    for look in gallery(folder):
        (folder / "looks" / f"{look.name}.json").unlink()
    for seed, before in among.items():
        (alone,) = make("neon", count=1, seed=seed).looks
        assert np.abs(picture(folder, alone).astype(int) - before).max() <= 1


def test_a_candidate_is_what_the_pipeline_of_diffusers_paints(folder: Path, make):
    (look,) = make("neon painting", count=1).looks
    pipe = StableDiffusionImg2ImgPipeline(**miniature.pipeline().components, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    x = torch.from_numpy(CLIP[1].copy()).permute(2, 0, 1)[None] / 255
    with torch.no_grad():
        encoded: Any = pipe.vae.encode(2 * x - 1)
        x_0 = encoded.latent_dist.mode() * pipe.vae.config["scaling_factor"]
        pipe.scheduler.set_timesteps(4)
        noised = pipe.scheduler.add_noise(x_0, sampler.noise(5, 4, 8, 12), pipe.scheduler.timesteps[1:2])
    pipe.prepare_latents = lambda *args, **more: noised  # ours come from one seed a candidate, and not from a generator
    made: Any = pipe("neon painting", x, strength=0.75, num_inference_steps=4, guidance_scale=3.0, output_type="np")
    assert np.abs(made.images[0] * 255 - picture(folder, look)).max() <= 1


def test_what_stands_is_not_painted_again(folder: Path, make):
    first = make("neon", count=2)
    before = {path.name: path.stat().st_mtime_ns for path in (folder / "looks").iterdir()}
    assert make("neon", count=2) == first
    more = make("neon", "neon", count=3)
    assert [look for look in more.looks if look in first.looks] == list(first.looks)
    assert {look.name for look in more.looks} == {"002-1", "002-2", "002-3"}
    assert before.items() <= {path.name: path.stat().st_mtime_ns for path in (folder / "looks").iterdir()}.items()


def test_no_picture_is_ever_overwritten(folder: Path, make):
    """Nor one whose writer was ended before it could say what it is."""
    make("neon", count=2)
    (folder / "looks" / "002-2.json").unlink()
    before = {path.name: path.read_bytes() for path in (folder / "looks").glob("*.png")}
    made = [*make("neon", count=2).looks, *make("neon", count=2, strength=0.5).looks]
    assert {look.name for look in made} == {"002-1", "002-3", "002-4", "002-5"}
    assert before == {name: (folder / "looks" / name).read_bytes() for name in ("002-1.png", "002-2.png")}


@pytest.mark.parametrize("change", [{"strength": 0.5}, {"guidance": 1.0}, {"steps": 6}])
def test_another_painting_is_another_candidate(folder: Path, make, change: dict[str, Any]):
    make("neon", count=1)
    assert [look.name for look in make("neon", count=1, **change).looks] == ["002-2"]


def test_another_model_under_the_same_name_paints_other_candidates(folder: Path, shelf: Shelf, tmp_path: Path):
    request = MakeLooks(str(folder), 2, ("neon",), 1, Engine(str(tmp_path / "model")), PAINTING)
    for seed in (0, 1):
        miniature.save(tmp_path / "model", seed=seed)
        looks.make(request, [], quiet_job(), shelf)
    one, other = gallery(folder)
    assert (picture(folder, one) != picture(folder, other)).any()


def test_another_precision_is_another_candidate(folder: Path, model: Path, shelf: Shelf):
    def make(precision: Precision) -> list[str]:
        engine = Engine(str(model), precision=precision)
        made = looks.make(MakeLooks(str(folder), 2, ("neon",), 1, engine, PAINTING), [], quiet_job(), shelf)
        return [look.name for look in made.looks]

    first = make(Precision.AUTO)
    assert make(Precision.FULL) == first, "as a processor computes by itself"
    assert make(Precision.HALF) != first


def test_a_frame_that_has_changed_is_painted_anew_and_the_old_look_is_kept(folder: Path, make):
    make("neon", count=1)
    begin(folder, source(1, 3, framing=Study.open(folder).source.framing, fingerprint="the strip was flipped"))
    for number in (1, 2, 3):
        put(folder, number, CLIP[number - 1][:, ::-1].copy())
    release(folder)
    assert [look.name for look in make("neon", count=1).looks] == ["002-2"]
    assert [look.name for look in gallery(folder)] == ["002-1", "002-2"]
    assert [look.shown == shown_by(Study.open(folder).frame_path(2)) for look in gallery(folder)] == [False, True]


def test_a_note_from_before_what_the_frame_showed_was_kept_is_read(folder: Path, make):
    (look,) = make("neon", count=1).looks
    note = folder / "looks" / f"{look.name}.json"
    older = {k: v for k, v in json.loads(note.read_text("utf-8")).items() if k != "shown"}
    note.write_text(json.dumps(older), encoding="utf-8")
    assert gallery(folder) == [replace(look, shown="")]


def test_a_choice_is_kept_when_more_are_made(folder: Path, make):
    name = make("neon", count=2).looks[1].name
    choose(folder, name)
    assert [look.name for look in make("neon", count=4).looks if look.chosen] == [name]


def test_it_says_how_far_it_is_and_shows_what_is_finished(make):
    told: list[Any] = []
    make("neon", count=2, job=Job(1, lambda event, blobs: told.append((event, blobs))))
    shown = [blobs[0] for event, blobs in told if isinstance(event, api.Preview)]
    assert [len(rgb) for rgb in shown] == [96 * 64 * 3] * 2
    said = [event for event, _ in told if isinstance(event, api.Progress) and event.text == "Painting looks"]
    assert said[0].done == 0
    assert (said[-1].done, said[-1].total) == (6, 6)  # two candidates of three steps


def test_cancelled_at_once_it_leaves_nothing(folder: Path, make):
    job = quiet_job()
    job.cancel()
    assert refusal(make, "neon", job=job).code is ErrorCode.CANCELLED
    assert gallery(folder) == []


def test_cancelled_later_it_keeps_what_is_finished_and_goes_on(folder: Path, make, small_device):
    def stop(event: Any, blobs: list[bytes]) -> None:
        if isinstance(event, api.Preview):
            job.cancel()

    job = Job(1, stop)
    small_device(2)
    assert refusal(make, "neon", count=4, job=job).code is ErrorCode.CANCELLED
    kept = {look.name for look in gallery(folder)}
    assert len(kept) == 2
    assert kept < {look.name for look in make("neon", count=4).looks}
    assert len(gallery(folder)) == 4


@pytest.fixture
def small_device(model: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    """A device whose memory ends at so many latents in the UNet, and of which nothing is known yet."""
    monkeypatch.setattr(shelf, "_capacities", {})
    hooks = []

    def limit(most: int) -> list[int]:
        asked: list[int] = []

        def full(unet: Any, inputs: Any) -> None:
            asked.append(len(inputs[0]))
            if len(inputs[0]) > 2 * most:  # guidance asks twice for each
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")

        hooks.append(shelf.take(Engine(str(model))).unet.register_forward_pre_hook(full))
        return asked

    yield limit
    for hook in hooks:
        hook.remove()


def test_no_more_are_painted_at_once_than_frames_of_a_take(make, small_device):
    """Which is measured on a card: Windows' driver turns to the main memory where too many are tried, and crawls."""
    asked = small_device(64)
    make("neon", "oil", count=9, steps=2)
    assert list(dict.fromkeys(asked)) == [2 * MOST, 4]


def test_what_does_not_fit_at_once_is_painted_in_halves(folder: Path, make, small_device):
    asked = small_device(3)
    made = make("neon", "oil", count=5)
    assert len(made.looks) == 10
    assert list(dict.fromkeys(asked)) == [20, 10, 4]


def test_what_a_device_holds_is_remembered(make, small_device):
    small_device(2)
    make("neon", count=4, steps=2)
    asked = small_device(64)
    make("oil", count=4, steps=2)
    assert set(asked) == {4}


def test_a_device_that_holds_not_even_one_is_said(make, small_device):
    small_device(0)
    failure = refusal(make, "neon")
    assert failure.code is ErrorCode.BAD_INPUT
    assert "The device's memory does not hold" in failure.message


def test_when_even_the_best_has_moved_a_lower_strength_is_suggested(make):
    assert max(look.composition for look in make(count=1).looks) < composition.MOVED  # random weights paint noise
    for strength, lower in ((0.9, 0.6), (0.75, 0.6), (0.6, 0.5), (0.5, 0.45)):
        answer = make("neon", count=2, strength=strength)
        assert answer.lower_strength == lower
        assert answer.warning == f"Even the best of these has moved what the frame shows: try strength {lower}."
    answer = make("neon", count=2, strength=0.45)
    assert answer.lower_strength == 0
    assert answer.warning.endswith(": try other words, or other seeds.")


def test_when_one_has_kept_its_place_there_is_no_warning(folder: Path, shelf: Shelf):
    painting = Painting(strength=0.2, steps=10, guidance=1.0, seed=0)
    answer = looks.make(MakeLooks(str(folder), 1, ("a photo",), 2, Engine("pocket"), painting), [], quiet_job(), shelf)
    assert (answer.warning, answer.lower_strength) == ("", 0.0)
    assert not answer.looks[0].moved
