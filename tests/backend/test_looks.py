"""The looks stage as Blender uses it: paint candidates, bring an image, choose; and again, and nothing is lost."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import miniature
import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from PIL import Image, ImageCms
from studies import begin, noise, place, put, quiet_job, release, sample, source

from backend import api, composition, pictures, sampler
from backend.api import BringLook, ChooseLooks, Engine, ErrorCode, Failure, Look, Looks, MakeLooks, Painting
from backend.fingerprint import shown_by
from backend.jobs import Job
from backend.plain import from_json, to_json
from backend.shelf import Shelf
from backend.stages import looks
from backend.study import Study

ROOT = Path(__file__).parents[2]
PAINTING = Painting(strength=0.75, steps=4, guidance=3.0, seed=5)
CLIP = [place(7, 96, 64), place(8, 96, 64), place(9, 96, 64)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return miniature.save(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    sample(folder, CLIP)
    release(folder)
    return folder


@pytest.fixture
def make(folder: Path, model: Path, shelf: Shelf):
    def make(*prompts: str, frame: int = 2, count: int = 2, job: Job | None = None, **painting: Any) -> Looks:
        request = MakeLooks(
            str(folder), frame, prompts or ("neon",), count, Engine(str(model)), replace(PAINTING, **painting)
        )
        return looks.make(request, [], job or quiet_job(), shelf)

    return make


def bring(folder: Path, file: Path, prompt: str = "oil", frame: int = 1) -> Looks:
    return looks.bring(BringLook(str(folder), frame, prompt, str(file)), [], quiet_job())


def choose(folder: Path, *names: str) -> Looks:
    return looks.choose(ChooseLooks(str(folder), names), [], quiet_job())


def refusal(action, *args, **more) -> Failure:
    with pytest.raises(Failure) as caught:
        action(*args, **more)
    assert "\n" not in caught.value.message and caught.value.message.endswith(".")
    return caught.value


def gallery(folder: Path) -> list[Look]:
    return Study.open(folder).gallery.looks()


def picture(folder: Path, look: Look) -> np.ndarray:
    return pictures.read(Study.open(folder).gallery.picture_path(look.name))


# --- make


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
def small_device(model: Path, shelf: Shelf):
    """A device whose memory ends at so many latents in the UNet."""
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


def test_all_that_is_wanted_is_painted_at_once_however_many(make, small_device):
    asked = small_device(64)
    make("neon", "oil", count=9, steps=2)
    assert set(asked) == {36}


def test_what_does_not_fit_at_once_is_painted_in_halves(folder: Path, make, small_device):
    asked = small_device(3)
    made = make("neon", "oil", count=5)
    assert len(made.looks) == 10
    assert list(dict.fromkeys(asked)) == [20, 10, 4]


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


@pytest.mark.parametrize("prompts", [("",), ("neon", "  ")])
def test_an_empty_prompt_is_refused(make, prompts: tuple[str, ...]):
    assert refusal(make, *prompts).message == "A look needs a prompt."


def test_no_prompt_at_all_is_refused(folder: Path, shelf: Shelf):
    assert "needs a prompt" in refusal(looks.make, MakeLooks(str(folder), 1, (), 2), [], quiet_job(), shelf).message


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"strength": 0.0}, "The strength is 0."),
        ({"strength": 1.0}, "The strength is 1."),
        ({"steps": 0}, "The number of steps is 0."),
        ({"strength": 0.1}, "A strength of 0.1 is less than one of 4 steps."),
        ({"guidance": float("nan")}, "The guidance is nan."),
        ({"seed": -1}, "The seed is -1."),
        ({"seed": 2**63 - 2, "count": 3}, "The seed is 9223372036854775808."),
        ({"count": 0}, "0 candidates are too few."),
        ({"count": 65}, "65 candidates are too many for one request."),
        ({"frame": 4}, "The study does not hold frame 4."),
        ({"frame": 0}, "The study does not hold frame 0."),
    ],
)
def test_what_cannot_be_painted_is_refused_before_a_model_is_loaded(folder: Path, wrong: dict[str, Any], said: str):
    painting = replace(PAINTING, **{k: v for k, v in wrong.items() if k not in ("frame", "count")})
    request = MakeLooks(str(folder), wrong.get("frame", 1), ("neon",), wrong.get("count", 1), Engine("none"), painting)
    failure = refusal(looks.make, request, [], quiet_job(), Shelf())
    assert (failure.code, failure.message) == (ErrorCode.BAD_INPUT, said)
    assert failure.hint


def test_a_model_that_is_none_is_refused(folder: Path, shelf: Shelf):
    request = MakeLooks(str(folder), 1, ("neon",), 1, Engine(str(folder / "none")))
    assert "There is no model" in refusal(looks.make, request, [], quiet_job(), Shelf()).message


def test_a_prompt_that_is_too_long_is_refused_with_what_would_be_lost(folder: Path, make):
    failure = refusal(make, "neon", "neon " * 75 + "red car")
    assert "The prompt has 77 tokens and the model reads 75" in failure.message
    assert "red car" in failure.message
    assert gallery(folder) == []


def test_without_sampled_frames_it_is_said_what_to_do_first(tmp_path: Path, shelf: Shelf):
    begin(tmp_path / "empty")
    release(tmp_path / "empty")
    request = MakeLooks(str(tmp_path / "empty"), 1, ("neon",), 1)
    assert refusal(looks.make, request, [], quiet_job(), shelf).message == "The study holds no frames yet."


def test_a_folder_that_is_no_study_is_refused_and_left_alone(tmp_path: Path, shelf: Shelf):
    for action in (
        lambda: looks.make(MakeLooks(str(tmp_path), 1, ("neon",), 1), [], quiet_job(), shelf),
        lambda: bring(tmp_path, tmp_path / "a.png"),
        lambda: choose(tmp_path),
    ):
        assert "holds no study" in refusal(action).message
    assert list(tmp_path.iterdir()) == []


# --- bring


def saved(folder: Path, image: Image.Image | np.ndarray, name: str = "painted.png", **more: Any) -> Path:
    path = folder.parent / name
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(path, **more)
    return path


def test_an_image_from_outside_is_a_look(folder: Path):
    painted = 255 - CLIP[0]  # other colours, and nothing has moved
    file = saved(folder, painted)
    (look,) = bring(folder, file).looks
    shown = shown_by(Study.open(folder).frame_path(1))
    assert look == Look("001-1", 1, "oil", "", None, str(file), look.composition, moved=False, shown=shown)
    assert look.composition > 0.98
    assert (picture(folder, look) == painted).all()
    assert bring(folder, file).looks == (look,)
    assert gallery(folder) == [look]


def test_the_same_image_may_be_a_look_of_another_frame_or_prompt(folder: Path):
    file = saved(folder, CLIP[0])
    names = [bring(folder, file, *what).looks[0].name for what in (("oil", 1), ("neon", 1), ("oil", 2))]
    assert names == ["001-1", "001-2", "002-1"]


def test_an_image_of_something_else_is_taken_with_a_warning(folder: Path):
    answer = bring(folder, saved(folder, CLIP[2]))
    assert answer.looks[0].moved
    assert answer.warning == "What “painted.png” shows lies elsewhere than in the frame: tuning would learn to move it."


@pytest.mark.parametrize("scale", [0.5, 3])
def test_another_size_of_the_same_shape_is_brought_to_the_working_size(folder: Path, scale: float):
    large = Image.fromarray(CLIP[0]).resize((round(96 * scale), round(64 * scale)), Image.Resampling.LANCZOS)
    (look,) = bring(folder, saved(folder, large)).looks
    assert picture(folder, look).shape == (64, 96, 3)
    assert look.composition > 0.6


def test_another_shape_is_refused_with_the_one_that_is_wanted(folder: Path):
    failure = refusal(bring, folder, saved(folder, CLIP[0][:, :64]))
    assert str(failure) == (
        "“painted.png” is 64×64, and a look is shaped like its frame. Bring it at 96×64, or at any size of that shape."
    )
    assert gallery(folder) == []


def test_an_image_is_turned_as_its_camera_says(folder: Path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter to the right
    lying = Image.fromarray(CLIP[0]).transpose(Image.Transpose.ROTATE_90)
    (look,) = bring(folder, saved(folder, lying, exif=exif)).looks
    assert (picture(folder, look) == CLIP[0]).all()


def test_an_image_of_any_mode_is_read(folder: Path):
    grey = CLIP[0].mean(axis=2).round().astype(np.uint8)
    colour, near = Image.fromarray(CLIP[0]), 12
    shown = {
        "L.png": (Image.fromarray(grey), grey),
        "16 bit.png": (Image.fromarray(grey.astype(np.uint16) * 257), grey),
        "float.tiff": (Image.fromarray(grey.astype(np.float32) / 255), grey),
        "two.png": (Image.fromarray(grey).convert("1", dither=Image.Dither.NONE), 255 * (grey > 127)),
        "palette.png": (colour.quantize(256), CLIP[0]),
        "cmyk.jpg": (colour.convert("CMYK"), CLIP[0]),
        "opaque.png": (colour.convert("RGBA"), CLIP[0]),
        "jpeg.jpg": (colour, CLIP[0]),
        "web.webp": (colour, CLIP[0]),
    }
    for name, (image, expected) in shown.items():
        more = {"quality": 95} if name.endswith(("jpg", "webp")) else {}
        (look,) = bring(folder, saved(folder, image, name, **more), name).looks
        seen = picture(folder, look).astype(float)
        wanted = expected if expected.ndim == 3 else np.repeat(expected[..., None], 3, axis=2)
        assert np.abs(seen - wanted).mean() < near, name


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_colours_of_another_profile_are_brought_to_srgb(folder: Path, mode: str):
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exchanged = srgb.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    for name, profile, wanted in (("same.png", srgb, CLIP[0]), ("turned.png", exchanged, CLIP[0][..., ::-1])):
        file = saved(folder, Image.fromarray(CLIP[0]).convert(mode), name, icc_profile=profile)
        (look,) = bring(folder, file).looks
        assert np.abs(picture(folder, look).astype(int) - wanted).max() <= 2


def test_a_profile_that_is_none_is_left_aside(folder: Path):
    (look,) = bring(folder, saved(folder, CLIP[0], icc_profile=b"no profile")).looks
    assert (picture(folder, look) == CLIP[0]).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_a_transparent_image_is_refused(folder: Path, mode: str):
    image = Image.fromarray(CLIP[0]).convert(mode)
    if mode == "P":
        file = saved(folder, image, transparency=image.getpixel((0, 0)))
    else:
        image.putalpha(Image.fromarray(noise(3)[..., 0]))
        file = saved(folder, image)
    failure = refusal(bring, folder, file)
    assert "is transparent in places" in failure.message
    assert "save it without transparency" in failure.hint


def test_a_file_that_is_missing_or_no_image_is_refused(folder: Path):
    assert "There is no image" in refusal(bring, folder, folder.parent / "none.png").message
    assert "There is no image" in refusal(bring, folder, folder.parent).message
    whole = io.BytesIO()
    Image.fromarray(CLIP[0]).save(whole, "PNG")
    for content in (b"", b"no image at all", whole.getvalue()[:2000]):
        file = folder.parent / "broken.png"
        file.write_bytes(content)
        assert refusal(bring, folder, file).message == "“broken.png” is not an image that can be read."
    assert gallery(folder) == []


def test_an_image_needs_a_prompt_and_a_frame(folder: Path):
    file = saved(folder, CLIP[0])
    assert refusal(bring, folder, file, "").message == "A look needs a prompt."
    assert refusal(bring, folder, file, "oil", 9).message == "The study does not hold frame 9."


# --- choose


def test_several_may_be_chosen_also_of_one_frame(folder: Path, make):
    made = [look.name for look in make("neon", "oil", count=1).looks]
    (brought,) = bring(folder, saved(folder, CLIP[0])).looks
    answer = choose(folder, brought.name, *made)
    assert [look.name for look in answer.looks] == [brought.name, *made]
    assert all(look.chosen for look in answer.looks)
    assert [look.name for look in choose(folder, made[0]).looks] == [made[0]]
    assert choose(folder).looks == ()
    assert len(gallery(folder)) == 3


def test_a_look_that_is_none_is_refused(folder: Path, make):
    name = make(count=1).looks[0].name
    choose(folder, name)
    assert refusal(choose, folder, "002-7").message == "There is no look “002-7”."
    assert [look.name for look in gallery(folder) if look.chosen] == [name]


def test_a_look_of_another_size_than_the_frames_is_refused(folder: Path, make):
    name = make(count=1).looks[0].name
    framing = replace(Study.open(folder).source.framing, size=(48, 32))
    begin(folder, source(1, 3, framing=framing))
    for number in (1, 2, 3):
        put(folder, number, CLIP[number - 1])
    release(folder)
    failure = refusal(choose, folder, name)
    assert failure.message == f"The look {name} is 96×64, and the frames are 48×32 by now."


# --- over the wire


def test_requests_and_answers_cross_the_socket(folder: Path):
    (look,) = bring(folder, saved(folder, CLIP[0])).looks
    for sent in (Looks((look, replace(look, painting=PAINTING)), "moved", 0.6), MakeLooks("x", 1, ("neon",), 2)):
        assert from_json(type(sent), json.loads(json.dumps(to_json(sent)))) == sent


def test_the_backend_answers_to_them_and_choosing_does_not_wait_for_torch(folder: Path):
    code = """
import sys
from backend import api, stages
from backend.jobs import Job
from backend.plain import from_json, to_json
handler = stages.handlers()[api.ChooseLooks]
print(handler(api.ChooseLooks(sys.argv[1], ()), [], Job(1, lambda event, blobs: None)), "torch" in sys.modules)
assert api.MakeLooks in stages.handlers() and api.BringLook in stages.handlers()
"""
    said = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert said.stdout.strip() == "Looks(looks=(), warning='', lower_strength=0.0) False"
