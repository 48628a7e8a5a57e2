"""The render stage: what a take shows, and what it needs of the device."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import miniature
import pytest
import takes
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from studies import begin, put, release, sample
from studies import noise as picture
from takes import PAINTING, PROMPT, Counted, Rendering, apart, refusal, shown, take

from backend import disk, pictures
from backend.api import Engine, Look
from backend.shelf import Shelf
from backend.study import Study

model, shelf, folder = takes.model, takes.shelf, takes.folder
render = takes.render
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # diffusers


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


# --- what the device holds


def test_what_does_not_fit_is_halved_and_remembered(render: Rendering, model: str, shelf: Shelf) -> None:
    right = shown(render(take="right"))
    with Counted(shelf, model, fails_above=1) as counted:
        rendered = render()
        render(take="again")
    assert apart(shown(rendered), right) <= 1
    assert counted.batches == [1] * 12
    assert shelf.capacity(Engine(model), (96, 64), guidance=1.0).size == 1


def test_what_it_holds_beside_looks_is_another_matter(model: str, shelf: Shelf) -> None:
    """A frame that attends to looks sees so many places more."""
    alone, beside = (shelf.capacity(Engine(model), (96, 64), 1.0, looks=count) for count in (0, 2))
    assert alone is not beside and shelf.capacity(Engine(model), (96, 64), 1.0, looks=2) is beside


def test_a_frame_that_does_not_fit_at_all_is_said(render: Rendering, model: str, shelf: Shelf) -> None:
    with Counted(shelf, model, fails_above=0):
        failure = refusal(render, batch=4)
    assert failure.message == "The device's memory does not hold a single frame of this size."
    assert render(batch=4).rendered == 6


def test_it_reads_and_writes_while_the_device_is_at_work(
    render: Rendering, model: str, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second frame is read, and the first picture written, only while the UNet is asked; it waits for both."""
    busy, read, wrote = (threading.Event() for _ in range(3))
    really_read, really_write = pictures.read, disk.write

    def late_read(path: Path) -> pictures.Pixels:
        if path.name == "000002.png":
            assert busy.wait(60), "read before, or in between"
            read.set()
        return really_read(path)

    def late_write(path: Path, data: bytes, durable: bool = False) -> None:
        if path.parent.name == "while" and path.name == "000001.png":
            assert busy.wait(60), "written before the next frame was begun"
            wrote.set()
        really_write(path, data, durable)

    steps = iter(range(24))

    def at_work(unet: Any, given: tuple[Any, ...]) -> None:
        busy.set()
        assert read.wait(60)
        if next(steps) >= 4:  # it is at the second frame
            assert wrote.wait(60)
        busy.clear()

    monkeypatch.setattr(pictures, "read", late_read)
    monkeypatch.setattr(disk, "write", late_write)
    hook = shelf.take(Engine(model)).unet.register_forward_pre_hook(at_work)
    try:
        assert render(take="while", batch=1).rendered == 6
    finally:
        hook.remove()
    assert read.is_set() and wrote.is_set()
