"""The render stage: what a take shows, what is rendered again and what is not, and what is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import miniature
import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from studies import begin, put, quiet_job, release, sample, source
from studies import noise as picture

from backend import adapters, api, pictures, rendering, tuning
from backend.api import Engine, ErrorCode, Failure, Look, Method, Painting, Recipe, Render, Rendered, Sampler, Way
from backend.jobs import Job
from backend.shelf import Shelf
from backend.stages import render as stage
from backend.study import Study
from backend.take import Take
from backend.tuning import Tuning

PAINTING = Painting(strength=0.45, steps=10, guidance=1.0, seed=7)  # four steps are walked
PROMPT = "a neon painting of a city at night"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"}
KILLED_AT_PICTURE_3 = """
import os, signal, sys
from backend import disk
from backend.__main__ import main
write, written = disk.write, []
def counted(path, data, durable=False):
    write(path, data, durable)
    written.append(path)
    if len([path for path in written if path.suffix == ".png"]) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
disk.write = counted
main(sys.argv[1:])
"""
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # diffusers


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    """Miniatures are too small to share among threads, and on a busy machine those wait for one another."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(miniature.save(tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six frames that all differ."""
    folder = tmp_path / "Car-0a1b2c3d"
    sample(folder, [picture(i) for i in range(6)])
    release(folder)
    return folder


@pytest.fixture
def one_frame(folder: Path) -> Path:
    begin(folder, replace(Study.open(folder).source, last=1))
    release(folder)
    return folder


Rendering = Callable[..., Rendered]


@pytest.fixture
def render(folder: Path, model: str, shelf: Shelf) -> Rendering:
    def run(job: Job | None = None, **changes: Any) -> Rendered:
        usual = Render(str(folder), "", Way.PLAIN, PROMPT, Engine(model), PAINTING)
        return stage.render(replace(usual, **changes), [], job or quiet_job(), shelf)

    return run


def take(rendered: Rendered) -> Take:
    return Take(rendered.take, Path(rendered.folder))


def shown(rendered: Rendered) -> np.ndarray:
    found = take(rendered)
    return np.stack([pictures.read(found.picture_path(n)) for n in range(rendered.first, rendered.last + 1)])


def written(rendered: Rendered) -> dict[int, int]:
    found = take(rendered)
    return {n: found.picture_path(n).stat().st_mtime_ns for n in found.numbers()}


def apart(one: np.ndarray, other: np.ndarray) -> int:
    return int(abs(one.astype(int) - other.astype(int)).max())


def refusal(action: Callable[..., Any], **more: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        action(**more)
    assert caught.value.hint
    return caught.value


def cancelled_after(there: int, folder: Path) -> Job:
    """A job that somebody cancels when so many pictures of its take are on disk, while the next is being painted."""
    before = len(list(folder.glob("takes/*/0*.png")))

    def look(event: Any, blobs: list[bytes]) -> None:
        if isinstance(event, api.Progress) and event.text.startswith(f"Rendering frame {there + 2} "):
            while len(list(folder.glob("takes/*/0*.png"))) < before + there:
                time.sleep(0.01)
            job.cancel()

    job = Job(1, look)
    return job


class Counted:
    """How many frames the UNet saw at its first step of each batch."""

    def __init__(self, shelf: Shelf, model: str, fails_above: int = 1000) -> None:
        self.batches: list[int] = []
        self._fails_above = fails_above
        self._unet = shelf.take(Engine(model)).unet

    def __enter__(self) -> Counted:
        self._hook = self._unet.register_forward_pre_hook(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        self._hook.remove()

    def _count(self, unet: Any, given: tuple[Any, ...]) -> None:
        x, t = given
        if len(x) > self._fails_above:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")
        if int(t) == 301:  # T: of strength 0.45 in 10 steps
            self.batches.append(len(x))


# --- what it shows


@pytest.mark.parametrize(("prediction", "w"), [("epsilon", 1.0), ("epsilon", 7.5), ("v_prediction", 7.5)])
def test_a_plain_take_is_the_pipelines_frame_by_frame(
    folder: Path, render: Rendering, shelf: Shelf, tmp_path: Path, prediction: str, w: float
) -> None:
    name = str(miniature.save(tmp_path / "model", prediction))
    rendered = render(engine=Engine(name), painting=replace(PAINTING, guidance=w))
    pipe = StableDiffusionImg2ImgPipeline(**miniature.pipeline(prediction).components, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    for number, pixels in enumerate(shown(rendered), start=1):
        frame = torch.from_numpy(pictures.read(Study.open(folder).frame_path(number))).permute(2, 0, 1)[None] / 255
        theirs: Any = pipe(
            PROMPT,
            shelf.take(Engine(name)).encode(frame),
            PAINTING.strength,
            PAINTING.steps,
            guidance_scale=w,
            generator=torch.Generator().manual_seed(PAINTING.seed),
            output_type="np",
        )
        assert abs(theirs.images[0] * 255 - pixels).max() < 1


def test_any_batch_gives_the_same_take(render: Rendering) -> None:
    alone = render(batch=1, take="one by one", painting=replace(PAINTING, guidance=3.0))
    for batch in (4, 6, 100):
        together = render(batch=batch, take=f"by {batch}", painting=replace(PAINTING, guidance=3.0))
        assert together.rendered == 6
        assert apart(shown(together), shown(alone)) <= 1


def test_a_strip_of_one_frame(tmp_path: Path, render: Rendering) -> None:
    sample(tmp_path / "one", [picture(0)], first=-4)
    release(tmp_path / "one")
    rendered = render(folder=str(tmp_path / "one"))
    assert (rendered.first, rendered.last, rendered.rendered) == (-4, -4, 1)
    assert apart(shown(rendered)[0], shown(render())[0]) <= 1


def test_transparency_comes_back(folder: Path, render: Rendering) -> None:
    alpha = picture(50)[..., 0]
    begin(folder, Study.open(folder).source)
    put(folder, 2, picture(1), alpha)
    release(folder)
    opaque = shown(render(take="opaque"))
    found = take(render(take="opaque"))
    seen = pictures.read_with_alpha(found.picture_path(2))
    assert (seen[..., 3] == alpha).all()
    assert apart(seen[..., :3], opaque[1]) == 0
    assert (pictures.read_with_alpha(found.picture_path(3))[..., 3] == 255).all()


def test_the_prompt_is_that_of_the_first_chosen_look(folder: Path, render: Rendering) -> None:
    assert refusal(render, prompt=" ").message == "There is no prompt to render by."
    gallery = Study.open(folder).gallery
    for name, prompt, chosen in (("002-1", "a red car", False), ("003-1", PROMPT, True), ("004-1", "a city", True)):
        pictures.write(gallery.picture_path(name), picture(0))
        gallery.add(Look(name, int(name[:3]), prompt, "pocket", PAINTING, "", 0.9, False, chosen))
    rendered = render(prompt="")
    assert take(rendered).note()["prompt"] == PROMPT
    assert render().rendered == 0, "the same by its own words"


# --- what is rendered again, and what is not


def test_what_stands_is_not_rendered_again(folder: Path, render: Rendering, shelf: Shelf) -> None:
    first = render()
    assert (first.take, first.rendered, first.first, first.last) == ("plain 0.45", 6, 1, 6)
    note, before = take(first).note(), written(first)
    assert (note["way"], note["complete"], note["painting"]["seed"]) == ("plain", True, 7)
    assert render() == replace(first, rendered=0)
    assert written(first) == before and take(first).note() == note
    assert not (folder / "lock.json").exists()


def test_a_frame_that_has_changed_is_rendered_again_and_no_other(folder: Path, render: Rendering) -> None:
    before, times = shown(render()), written(render())
    begin(folder, Study.open(folder).source)
    put(folder, 4, picture(99))
    release(folder)
    again = render()
    assert (again.take, again.rendered) == ("plain 0.45", 1)
    assert [n for n, t in written(again).items() if t != times[n]] == [4]
    assert apart(shown(again)[3], before[3]) > 5


def test_a_longer_strip_asks_for_the_new_frames_only(folder: Path, render: Rendering) -> None:
    render()
    framing = Study.open(folder).source.framing
    for number in begin(folder, source(-1, 8, framing=framing)).numbers:
        put(folder, number, picture(number + 20))
    release(folder)
    longer = render()
    assert (longer.take, longer.first, longer.last, longer.rendered) == ("plain 0.45", -1, 8, 4)
    begin(folder, source(2, 5, framing=framing))
    release(folder)
    shorter = render()
    assert (shorter.first, shorter.last, shorter.rendered) == (2, 5, 0)
    assert take(shorter).note()["last"] == 5


def test_a_file_that_was_only_touched_renders_nothing(folder: Path, render: Rendering) -> None:
    render()
    touched = replace(Study.open(folder).source, fingerprint="a later time")
    for number in begin(folder, touched).numbers:
        put(folder, number, picture(number - 1))
    release(folder)
    assert render().rendered == 0


def test_frames_that_repeat_are_painted_once(tmp_path: Path, render: Rendering, shelf: Shelf, model: str) -> None:
    """Slow motion, and an image that is held."""
    folder = tmp_path / "slow"
    sample(folder, [picture(i) for i in (0, 0, 1, 1, 2, 2, 0, 3, 3, 3)])
    release(folder)
    with Counted(shelf, model) as counted:
        rendered = render(folder=str(folder))
    assert (sum(counted.batches), rendered.rendered) == (4, 10)
    seen = shown(rendered)
    assert all((seen[i] == seen[0]).all() for i in (1, 6)) and apart(seen[2], seen[0]) > 5
    begin(folder, replace(Study.open(folder).source, last=14))
    for number in range(11, 15):
        put(folder, number, picture(3))
    release(folder)
    with Counted(shelf, model) as counted:
        assert render(folder=str(folder)).rendered == 4
    assert counted.batches == [], "what the take shows already is copied"


def test_another_painting_is_another_take(one_frame: Path, render: Rendering) -> None:
    first = render()
    before = written(first)
    others = [
        render(painting=replace(PAINTING, strength=0.75)),
        render(painting=replace(PAINTING, seed=8)),
        render(prompt="a red car"),
        render(painting=replace(PAINTING, sampler=Sampler.EULER)),
    ]
    names = ["plain 0.75", "plain 0.45 2", "plain 0.45 3", "plain 0.45 4"]
    assert [other.take for other in others] == names
    assert all(other.rendered == 1 for other in others)
    assert written(first) == before
    assert render(prompt="a red car") == replace(others[2], rendered=0)


def test_another_model_under_the_same_name_is_another_take(one_frame: Path, render: Rendering, tmp_path: Path) -> None:
    engine = Engine(str(miniature.save(tmp_path / "model")))
    first = render(engine=engine)
    miniature.save(tmp_path / "model", seed=1)
    other = render(engine=engine)
    assert (other.take, other.rendered) == ("plain 0.45 2", 1)
    assert apart(shown(other), shown(first)) > 5, "and it is the other one that paints"


def test_a_plain_take_has_all_of_the_noise(one_frame: Path, render: Rendering) -> None:
    """The model as it came does not know what to make of less."""
    assert render().rendered == 1
    assert render(painting=replace(PAINTING, noise=0.0)).rendered == 0


def test_a_take_of_others_is_left_alone(one_frame: Path, render: Rendering) -> None:
    theirs = Study.open(one_frame).take("night")
    theirs.set_note({"method": "painted by hand"})
    assert render(take="night").take == "night 2"
    (theirs.folder / "take.json").write_text("{", encoding="utf-8")
    assert render(take="night") == replace(render(take="night 2"), rendered=0)


@pytest.mark.parametrize("name", ["Day/night: a \\ b?", "…", "../../out", "CON", "  ", "ü" * 200])
def test_any_name_will_do(one_frame: Path, render: Rendering, name: str) -> None:
    rendered = render(take=name)
    assert Path(rendered.folder).parent == one_frame / "takes"
    assert render(take=name) == replace(rendered, rendered=0)
    again = render(take=name, prompt="a red car")
    assert again.folder != rendered.folder
    assert render(take=name, prompt="a red car") == replace(again, rendered=0)


# --- interrupted


@pytest.mark.parametrize("there", [1, 3])
def test_a_cancelled_take_goes_on_and_ends_the_same(folder: Path, render: Rendering, there: int) -> None:
    whole = shown(render(take="whole", batch=2))
    job = cancelled_after(there, folder)
    failure = refusal(render, job=job, take="cut", batch=1)
    assert failure.code is ErrorCode.CANCELLED
    cut = Study.open(folder).take("cut")
    kept = cut.numbers()
    assert len(kept) in (there, there + 1) and cut.note()["complete"] is False
    rest = render(take="cut", batch=4)
    assert (rest.take, rest.rendered) == ("cut", 6 - len(kept))
    assert cut.note()["complete"] is True
    assert apart(shown(rest), whole) <= 1


def test_a_killed_take_goes_on_and_ends_the_same(folder: Path, render: Rendering, model: str) -> None:
    whole = shown(render(take="whole"))
    words = ["render", str(folder), "--way", "plain", "--prompt", PROMPT, "--take", "cut", "--model", model]
    words += ["--batch", "1", "--steps", "10", "--seed", "7"]
    killed = subprocess.run([sys.executable, "-c", KILLED_AT_PICTURE_3, *words], env=ENVIRONMENT, check=False)
    assert killed.returncode == -signal.SIGKILL
    cut = Study.open(folder).take("cut")
    kept = written(Rendered("cut", str(cut.folder), 1, 6, 0))
    assert 0 < len(kept) <= 3  # they are written side by side
    (cut.folder / "000005.png.1-abc.tmp").write_bytes(b"half a picture")
    rest = render(take="cut")
    assert (rest.take, rest.rendered) == ("cut", 6 - len(kept))
    assert kept.items() <= written(rest).items()
    assert apart(shown(rest), whole) <= 1
    assert list(folder.rglob("*.tmp")) == []


def test_one_says_how_far_it_is_and_shows_the_newest_frame(render: Rendering) -> None:
    said: list[tuple[Any, list[bytes]]] = []
    rendered = render(job=Job(1, lambda event, blobs: said.append((event, blobs))), batch=2)
    texts = [event.text for event, _ in said if isinstance(event, api.Progress)]
    assert texts[0] == "Looking at the frames"
    painting = [text for text in texts if "Rendering" in text]
    assert painting[0] == "Rendering frame 1 of 6" and painting[-1].startswith("Rendering frame 6 of 6")
    preview, (rgb,) = next((event, blobs) for event, blobs in said if isinstance(event, api.Preview))
    assert (preview.width, preview.height) == (96, 64)
    assert rgb == shown(rendered)[1].tobytes()


def test_it_says_how_long_it_will_take_once_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    batch = [rendering.Seen(rendering.Wanted("", tuple(range(4))), picture(0), None)]
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    account = rendering.Account(Job(1, lambda event, blobs: said.append(event)), 96, 0, 96)
    for now, batches in ((110.0, 0), (120.0, 1), (190.0, 20)):
        monkeypatch.setattr(time, "monotonic", lambda now=now: now)
        for _ in range(batches):
            account.painted(batch, picture(0))
        account.painting(batch, 0, 4)
    texts = [event.text for event in said if isinstance(event, api.Progress)]
    assert texts[-2:] == ["Rendering frame 5 of 96, 8 min left", "Rendering frame 85 of 96, 13 s left"]
    assert texts[0] == "Rendering frame 1 of 96"


# --- what the device holds


def test_what_does_not_fit_is_halved_and_remembered(render: Rendering, model: str, shelf: Shelf) -> None:
    right = shown(render(take="right"))
    with Counted(shelf, model, fails_above=1) as counted:
        rendered = render()
        render(take="again")
    assert apart(shown(rendered), right) <= 1
    assert counted.batches == [1] * 12
    assert shelf.capacity(Engine(model), (96, 64), guidance=1.0).size == 1


def test_a_frame_that_does_not_fit_at_all_is_said(render: Rendering, model: str, shelf: Shelf) -> None:
    with Counted(shelf, model, fails_above=0):
        failure = refusal(render, batch=4)
    assert failure.message == "The device's memory does not hold a single frame of this size."
    assert render(batch=4).rendered == 6


# --- tuned


@pytest.fixture
def tuned(folder: Path, model: str, shelf: Shelf) -> Callable[..., Path]:
    """Something learned at random, kept in the study's folder."""

    def tune(where: Path = folder, **changes: Any) -> Path:
        loaded = shelf.take(Engine(model))
        recipe = Recipe(method=Method.LORA)
        base = adapters.base_of(loaded.unet)
        known = Tuning("made", model, base, recipe, PAINTING, 0, (301, 201, 101, 1), (PROMPT,), 5, 0.1, 1.0)
        with adapters.learning(loaded.unet, Method.LORA, rank=4, seed=1) as learned:
            with torch.no_grad():
                for parameter in learned.values():
                    parameter += 0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(2))
            adapters.save(Study.open(where).tuning_folder, Method.LORA, learned, base, torch.float32)
        tuning.write(Study.open(where).tuning_folder, replace(known, **changes))
        return where

    return tune


def test_plain_tuned_and_fast_live_side_by_side(render: Rendering, tuned: Callable[..., Path]) -> None:
    tuned()
    plain, slow, fast = render(), render(way=Way.TUNED), render(way=Way.FAST, fast=2)
    assert [r.take for r in (plain, slow, fast)] == ["plain 0.45", "tuned 0.45", "fast 2"]
    assert apart(shown(plain), shown(slow)) > 5 and apart(shown(fast), shown(slow)) > 0
    assert apart(shown(render(take="plain again")), shown(plain)) == 0, "the tuning came off again"
    assert (plain.warning, slow.warning) == ("", "")
    assert render(way=Way.TUNED) == replace(slow, rendered=0)


def test_a_new_tuning_is_a_new_take(one_frame: Path, render: Rendering, tuned: Callable[..., Path]) -> None:
    tuned()
    first = render(way=Way.TUNED)
    tuned(steps=10)
    second = render(way=Way.TUNED)
    assert (first.take, second.take, second.rendered) == ("tuned 0.45", "tuned 0.45 2", 1)


def test_the_tuning_of_another_study(render: Rendering, tuned: Callable[..., Path], tmp_path: Path) -> None:
    assert "holds no tuning" in refusal(render, way=Way.TUNED).message
    sample(tmp_path / "other", [picture(0)])
    release(tmp_path / "other")
    other = tuned(tmp_path / "other")
    rendered = render(way=Way.TUNED, tuning=str(other), prompt="")
    assert (rendered.rendered, take(rendered).note()["prompt"]) == (6, PROMPT)
    assert "holds no study" in refusal(render, way=Way.TUNED, tuning=str(tmp_path / "none")).message


@pytest.mark.parametrize(
    ("ways", "said"),
    [
        ({"painting": replace(PAINTING, strength=0.65)}, "It starts at timestep 501 and was tuned only up to 301: "),
        ({"painting": replace(PAINTING, strength=0.35)}, ""),
        ({"painting": replace(PAINTING, guidance=3.0)}, "It was tuned for guidance 1 and rendered at 3: "),
        ({"painting": replace(PAINTING, noise=0.5)}, "It was tuned for 100% of the noise and rendered with 50%: "),
        ({"painting": replace(PAINTING, sampler=Sampler.HEUN)}, "It was tuned for the sampler ddim and rendered with "),
        ({"way": Way.FAST, "fast": 2}, "It was tuned for all steps of the sampler and rendered in 2 explicit steps: "),
        ({"prompt": "a red car"}, "“a red car” is none of the prompts of the looks that it was tuned with: "),
    ],
)
def test_a_rendering_that_was_not_tuned_for_says_so(
    one_frame: Path, render: Rendering, tuned: Callable[..., Path], ways: dict[str, Any], said: str
) -> None:
    tuned()
    rendered = render(**{"way": Way.TUNED, **ways})
    assert rendered.warning.startswith(said) and bool(rendered.warning) == bool(said)
    assert rendered.rendered == 1
    assert render(**{"way": Way.TUNED, **ways}) == replace(rendered, rendered=0)


def test_the_warning_outlives_an_interruption(folder: Path, render: Rendering, tuned: Callable[..., Path]) -> None:
    tuned()
    ways = {"way": Way.TUNED, "painting": replace(PAINTING, guidance=3.0), "batch": 1}
    assert refusal(render, **ways, job=cancelled_after(1, folder)).code is ErrorCode.CANCELLED
    said = Study.open(folder).take("tuned 0.45").note()["warning"]
    assert said.startswith("It was tuned for guidance 1 and rendered at 3: ")
    assert render(**ways).warning == said


def test_a_tuning_that_is_replaced_after_the_plan_was_made_is_refused(
    one_frame: Path, render: Rendering, tuned: Callable[..., Path]
) -> None:
    tuned()

    def replaced(event: Any, blobs: list[bytes]) -> None:
        if isinstance(event, api.Progress) and event.text == "Loading the model":
            tuned(steps=10)

    failure = refusal(render, way=Way.TUNED, job=Job(1, replaced))
    assert str(failure) == "The tuning was replaced meanwhile. Render again."
    assert list(one_frame.glob("takes/*/*.png")) == []
    assert render(way=Way.TUNED).rendered == 1


# --- several processes


def test_two_processes_render_the_same_take(folder: Path, render: Rendering, model: str) -> None:
    alone = render(take="alone")
    words = ["--way", "plain", "--prompt", PROMPT, "--take", "shared", "--model", model, "--steps", "10", "--seed", "7"]
    said = launched(folder, *words)
    assert said.returncode == 0, said.stderr
    assert said.stdout.strip() == f"6 frames, 6 of them rendered now: {folder / 'takes' / 'shared'}"
    together = render(take="shared")
    assert together.rendered == 0
    assert apart(shown(together), shown(alone)) <= 1
    assert take(together).note() == {**take(alone).note(), "name": "shared"}
    path = Study.open(folder).frame_path(6)
    path.write_bytes(path.read_bytes()[:200] + bytes(400) + path.read_bytes()[600:])
    said = launched(folder, *words)
    assert said.returncode != 0
    assert "000006.png” is not a picture that can be read" in said.stderr


def launched(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """With two processors: accelerate starts more than one process without a card only where it is told `multi`."""
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
    launch += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0"]
    return subprocess.run(
        [*launch, "-m", "backend", "render", str(folder), *words],
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


# --- what is refused


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"painting": replace(PAINTING, strength=0)}, "The strength is 0."),
        ({"painting": replace(PAINTING, strength=1)}, "The strength is 1."),
        ({"painting": replace(PAINTING, noise=1.5)}, "The share of the noise is 1.5."),
        ({"painting": replace(PAINTING, steps=0)}, "The number of steps is 0."),
        ({"painting": replace(PAINTING, guidance=float("nan"))}, "The guidance is nan."),
        ({"painting": replace(PAINTING, guidance=float("inf"))}, "The guidance is inf."),
        ({"painting": replace(PAINTING, seed=-1)}, "The seed is -1."),
        ({"painting": replace(PAINTING, seed=2**63)}, "The seed is 9223372036854775808."),
        ({"way": Way.FAST, "fast": 0}, "0 steps do not fit below timestep 301."),
        ({"batch": -1}, "-1 frames at once are too few."),
        ({"engine": Engine("no such model")}, "There is no model “no such model”."),
        ({"prompt": "neon " * 90}, "The prompt has 90 tokens and the model reads 75"),
    ],
)
def test_what_makes_no_sense_is_refused(folder: Path, render: Rendering, asked: dict[str, Any], said: str) -> None:
    failure = refusal(render, **asked)
    assert failure.code is ErrorCode.BAD_INPUT
    assert failure.message.startswith(said)
    assert list(folder.glob("takes/*/*.png")) == []


def test_missing_frames_are_said(folder: Path, render: Rendering) -> None:
    Study.open(folder).frame_path(3).unlink()
    assert "lacks 1 of 6 frames, the first is frame 3" in refusal(render).message


def test_a_folder_that_is_no_study_is_left_as_it_is(tmp_path: Path, render: Rendering) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds no study" in refusal(render, folder=str(tmp_path / "empty")).message
    assert list((tmp_path / "empty").iterdir()) == []
