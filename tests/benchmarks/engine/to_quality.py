"""Seconds until a take reaches one stated PSNR to the truth: the preset for pocket, against the article's recipe on a
plain loop, rendered by stock diffusers. The clip is one that nothing else uses; pocket only, where there is a truth."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from PIL import Image

from backend import adapters, measures, pictures
from backend.api import ChooseReference, Engine, Method, Painting, Recipe, Render, Tune, Way
from backend.models import Model
from backend.pictures import Pixels
from backend.pocket import weights_folder
from backend.pocket.captions import Style
from backend.presets import PRESETS, Preset
from backend.shelf import Shelf
from backend.stages import frames, render, tune
from backend.study import Study
from tests.backend.studies import quiet_job
from tests.benchmarks.quality.ours import Workshop
from tests.benchmarks.quality.task import Setting, Task

from .figures import Figure, clock, figure
from .plain_loop import Example, PlainLoop
from .watched import Watched

TASK = Task(Setting.TRUTH, 980, Style.TOON, every=16)
WANTED = 20.0  # dB, the median of the judged frames; the model as it came has 19
STEPS = (25, 50, 100, 150, 200, 250)  # at which it is looked at
PATIENCE = 3.2  # times our seconds: what then has not come so far is at least that much slower
REFERENCES = 30

Looked = tuple[int, float, float]  # steps, seconds so far with one rendering of the take, PSNR


def measured() -> list[Figure]:
    literal = PRESETS[Preset.ARTICLE]
    ours = list(_until(_ours()))
    _, seconds, psnr = ours[-1]
    at = f"pocket: seconds to {WANTED:g} dB"
    figures = [
        figure(f"{at}, after {ours[-1][0]} steps", [seconds], "s"),
        figure("pocket: PSNR then", [psnr], "dB", least=WANTED),
    ]
    own_rate = PRESETS[Preset.POCKET].recipe.rate
    for rate, words in ((literal.recipe.rate, "the article's rate"), (own_rate, "pocket's rate")):
        recipe, painting = replace(literal.recipe, rate=rate), literal.painting
        theirs = list(_until(_theirs(recipe, painting), PATIENCE * seconds))
        more = "" if theirs[-1][2] >= WANTED else ", at least"
        times = theirs[-1][1] / seconds
        figures.append(figure(f"{at}: the literal recipe at {words}{more}", [times], "×", least=3.0))
        best = max(psnr for _, _, psnr in theirs)
        figures.append(figure(f"pocket: best PSNR by then, literal at {words}", [best], "dB"))
    return figures


def _until(looked: Iterator[Looked], most: float = float("inf")) -> Iterator[Looked]:
    for each in looked:
        print("  steps {}, {:.0f} s, {:.2f} dB".format(*each), flush=True)
        yield each
        if each[2] >= WANTED or each[1] > most:
            return


def _ours() -> Iterator[Looked]:
    """The same tuning goes on from look to look; its loading and encoding count once."""
    recipe, painting = PRESETS[Preset.POCKET].recipe, PRESETS[Preset.POCKET].painting
    with _workshop() as workshop:
        learned = prepared = 0.0
        for steps in STEPS:
            watched, some = Watched(), replace(recipe, iterations=steps)
            tune.tune(Tune(str(workshop.whole), Engine(), some, painting, 0, 0), [], watched, workshop.shelf)
            learned += watched.seconds["Tuning"]
            prepared = prepared or watched.total() - watched.seconds["Tuning"]
            wanted = Render(
                str(workshop.judged), "", Way.TUNED, TASK.prompt, Engine(), painting, tuning=str(workshop.whole)
            )
            rendering = Watched()
            take = Path(render.render(wanted, [], rendering, workshop.shelf).folder)
            yield steps, prepared + learned + rendering.total(), _psnr(lambda i, take=take: take / f"{i:06}.png")


def _theirs(recipe: Recipe, painting: Painting) -> Iterator[Looked]:
    with _workshop() as workshop, TemporaryDirectory() as made:
        kept = Study.open(workshop.whole)
        (look,) = kept.gallery.chosen()
        reference = kept.reference()
        assert reference is not None
        numbers = reference.numbers
        examples = [Example(kept.frame_path(n), kept.frame_path(n), "") for n in numbers]
        examples.append(Example(kept.frame_path(look.frame), kept.gallery.picture_path(look.name), look.prompt))
        begun = clock()
        model = Shelf().take(Engine())
        with adapters.learning(model.unet, Method.WHOLE, 1, 0) as learned:
            loop = PlainLoop(model, list(learned.values()), recipe, examples, literal=True)
            seconds = clock() - begun
            for before, steps in pairwise((0, *STEPS, *range(STEPS[-1] + 100, 5000, 100))):
                begun = clock()
                for _ in range(steps - before):
                    loop.step()
                seconds += clock() - begun
                pipe = stock(model)
                begun = clock()
                _stock_take(pipe, Study.open(workshop.judged), painting, Path(made))
                yield steps, seconds + clock() - begun, _psnr(lambda i: Path(made) / f"{i:06}.png")


def stock(model: Model) -> Any:
    """With the tuned part as it is now, where it is, and in the precision that is rendered in."""
    tuned = copy.deepcopy(model.unet).requires_grad_(False)
    pipe: Any = StableDiffusionImg2ImgPipeline.from_pretrained(weights_folder(), unet=tuned, safety_checker=None)
    pipe.set_progress_bar_config(disable=True)
    return pipe.to(model.unet.device, model.vae.dtype)


def _stock_take(pipe: Any, judged: Study, painting: Painting, folder: Path) -> None:
    for i in range(1, len(TASK.frames) + 1):
        image = Image.open(judged.frame_path(i)).convert("RGB")
        pictured = pipe(
            TASK.prompt,
            image,
            strength=painting.strength,
            num_inference_steps=painting.steps,
            guidance_scale=painting.guidance,
            generator=torch.Generator().manual_seed(painting.seed),
        ).images[0]
        pictured.save(folder / f"{i:06}.png")


@contextmanager
def _workshop() -> Iterator[Workshop]:
    with TemporaryDirectory(prefix="steady-bench-") as folder:
        made = Workshop(Path(folder), TASK, Engine(), Shelf())
        made.look()
        wanted = ChooseReference(str(made.whole), REFERENCES, 1, len(TASK.source))
        frames.choose(wanted, [], quiet_job())
        yield made


def _psnr(file_of: Callable[[int], Path]) -> float:
    made: Sequence[Pixels] = [pictures.read(file_of(i)) for i in range(1, len(TASK.frames) + 1)]
    return median(measures.psnr(a, b) for a, b in zip(made, TASK.truth, strict=True))
