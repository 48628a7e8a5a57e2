"""Takes of a tuned model: by whose tuning, and what they were not tuned for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import takes
import torch
from studies import noise as picture
from studies import release, sample
from takes import PAINTING, PROMPT, Rendering, apart, cancelled_after, refusal, shown, take

from backend import adapters, api, pictures, tuning
from backend.api import Engine, ErrorCode, Look, Method, Pairing, Recipe, Sampler, Way
from backend.jobs import Job
from backend.shelf import Shelf
from backend.study import Study
from backend.tuning import Tuning

model, shelf, folder = takes.model, takes.shelf, takes.folder
one_frame, render = takes.one_frame, takes.render


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


def test_the_looks_of_another_strip_may_be_of_another_size(
    render: Rendering, tuned: Callable[..., Path], tmp_path: Path
) -> None:
    """Its tuning is lent, and its looks are attended to: 96×64 here, and 64×64 there."""
    other = tmp_path / "other"
    sample(other, [picture(0, 64, 64)])
    release(other)
    gallery = Study.open(tuned(other)).gallery
    pictures.write(gallery.picture_path("001-1"), picture(9, 64, 64))
    gallery.add(Look("001-1", 1, PROMPT, "", None, "/a.png", 1.0, False, chosen=True))
    lent = {"way": Way.TUNED, "tuning": str(other)}
    alone = render(**lent)
    attending = render(**lent, painting=replace(PAINTING, attend=5.0))
    assert (attending.rendered, attending.warning) == (6, "")
    assert apart(shown(attending), shown(alone)) > 5


@pytest.mark.parametrize(
    ("ways", "said"),
    [
        ({"painting": replace(PAINTING, strength=0.65)}, "It starts at timestep 501 and was tuned only up to 301: "),
        ({"painting": replace(PAINTING, strength=0.4)}, ""),
        ({"painting": replace(PAINTING, strength=0.35)}, "It starts at timestep 201, and the look was taught from 301"),
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


def test_a_frame_as_it_lies_at_every_timestep_was_taught_at_a_lower_start_too(
    one_frame: Path, render: Rendering, tuned: Callable[..., Path]
) -> None:
    tuned(recipe=Recipe(pairing=Pairing.LITERAL))
    assert render(way=Way.TUNED, painting=replace(PAINTING, strength=0.35)).warning == ""


@pytest.mark.parametrize(("strength", "start"), [(0.35, 201), (0.65, 501)])
def test_explicit_steps_from_another_start_were_not_taught(
    one_frame: Path, render: Rendering, tuned: Callable[..., Path], strength: float, start: int
) -> None:
    tuned(fast=2, walked=(301, 150))
    ways = {"way": Way.FAST, "fast": 2}
    assert render(**ways, painting=replace(PAINTING, strength=0.4)).warning == ""
    said = render(**ways, painting=replace(PAINTING, strength=strength)).warning
    assert said == (
        f"Its 2 explicit steps start at timestep {start} and were tuned from 301: tune again for this rendering if "
        "the look is weak."
    )


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
