"""Judges the demo by the truth: tools.demo_figures DEMO STUDY [STEPS] writes its figures, its pictures and its report.

STEPS are those of the patch network that is fitted beside it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from statistics import median

import cv2
import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from backend import measurements, measures, pictures
from backend.api import BeginFrames, Engine, Painting, PutFrame, ReleaseFrames, Render, Way
from backend.flow import Flow, Mask
from backend.jobs import PrintedJob
from backend.models import Model
from backend.pictures import Pixels
from backend.pocket import judges
from backend.pocket.captions import Colour, Time, Vehicle, Weather
from backend.pocket.world import Clip
from backend.shelf import Shelf
from backend.stages import frames, render
from backend.stages.example import SEED, STYLE
from backend.study import Study
from backend.take import Take

FRAMES, WIDTH, HEIGHT = 96, 512, 288
WHOLE, PARTLY = 0.45, 0.75  # strengths of the article's plain takes: one of the whole strip, one of a few frames
GUIDANCE = 4.0  # of what the untuned model paints: pocket's own figures were made with it
COLUMNS = 6
SCALE = 2
LABEL = 150  # pixels for the name of a row


@dataclass(frozen=True)
class Scores:
    """Of some frames beside the truth."""

    psnr: float  # dB, the median
    worst_tenth: float
    excess: float  # what two neighbours differ by beyond the truth's own difference, RMS levels of 255


class World:
    """What the example is, frame by frame: numbered from 1 as in the study, and seen at the working size."""

    def __init__(self, size: tuple[int, int], frames: int) -> None:
        self.size = size
        self.pairs = tuple((i + 1, i) for i in range(3, frames, 12))  # (now, before): neighbours all over the clip
        self.shown = tuple(round(1 + i * (frames - 1) / (COLUMNS - 1)) for i in range(COLUMNS))
        self._drawn, self._small = self._clip(WIDTH, HEIGHT), self._clip(WIDTH // 2, HEIGHT // 2)

    @staticmethod
    def _clip(width: int, height: int) -> Clip:
        known = {"time": Time.DAY, "weather": Weather.CLEAR, "vehicle": Vehicle.CAR, "colour": Colour.RED}
        return Clip(SEED, FRAMES, (width, height), **known)

    def truth(self, number: int) -> Pixels:
        return pictures.resize(self._drawn.painted(number - 1, STYLE), self.size)

    @cached_property
    def truths(self) -> dict[int, Pixels]:
        numbers = {n for pair in self.pairs for n in pair} | set(self.shown)
        return {number: self.truth(number) for number in sorted(numbers)}

    @cached_property
    def ways(self) -> list[tuple[Flow, Mask]]:
        """The true flow of each pair, and where it can be relied on."""
        return [self._way(now - 1, before - 1) for now, before in self.pairs]

    def _way(self, now: int, before: int) -> tuple[Flow, Mask]:
        large = self._small.flow(now, before, STYLE)
        scale = np.array(self.size, np.float32) / (WIDTH // 2, HEIGHT // 2)
        flow = cv2.resize(large, self.size, interpolation=cv2.INTER_AREA) * scale
        sure = self._small.visible(now, before, STYLE).astype(np.float32)
        return np.asarray(flow, np.float32), cv2.resize(sure, self.size, interpolation=cv2.INTER_AREA) > 0.99

    def judge(self, made: dict[int, Pixels]) -> Scores:
        judged = [n for pair in self.pairs for n in pair]
        psnrs = [measures.psnr(made[n], self.truths[n]) for n in judged]
        jumps = []
        for (now, before), way in zip(self.pairs, self.ways, strict=True):
            jumps.append(measures.excess((made[now], made[before]), (self.truths[now], self.truths[before]), *way))
        rms = float(np.sqrt(np.mean(np.square(jumps))))
        return Scores(round(median(psnrs), 2), round(float(np.percentile(psnrs, 10)), 2), round(rms, 2))


def main(demo: Path, folder: Path, steps: int = 500) -> None:
    study = Study.open(folder)
    look = study.gallery.chosen()[0]
    plainly(study, look.prompt, WHOLE, steps_of(study))
    measuring = measured(demo, folder)  # beside the rivals: it draws and looks, while those mostly compute
    world = World(study.source.framing.size, study.source.last)
    source = {n: pictures.read(study.frame_path(n)) for n in world.truths}
    takes = takes_of(study, source, look.prompt)
    simpler = fitted(study, source, world, steps)
    judged = {name: world.judge(made) for name, made in (takes | simpler).items()}
    tell(judged)
    rows = {"source": source, **takes, "truth": world.truths}
    sheet(rows, world.shown).save(demo / "before-after.png")
    told, _ = measuring.communicate()
    if measuring.returncode:
        sys.exit(f"The takes could not be measured: see {demo / 'logs' / 'measure.log'}.")
    print(told)
    shutil.copyfile(study.report_path, demo / "report.html")
    note = {"style": STYLE.value, "look": look.name, "prompt": look.prompt, "composition": look.composition}
    scores = {"frames": world.pairs, "scores": {name: asdict(score) for name, score in judged.items()}}
    text = json.dumps({**note, **scores, **sentences(study)}, indent=2, ensure_ascii=False)
    (demo / "measures.json").write_text(f"{text}\n", "utf-8")


def sentences(study: Study) -> dict[str, object]:
    """What the report says of all takes, and of each."""
    found = measurements.read(study.measures_path)
    assert found is not None, "it was measured just now"
    return {"judgement": found.judgement, "takes": {row.name: row.judgement for row in found.takes}}


def measured(demo: Path, folder: Path) -> subprocess.Popen[str]:
    """As a user does it without Blender."""
    words = [sys.executable, "-m", "backend", "measure", str(folder)]
    (demo / "logs").mkdir(exist_ok=True)
    with (demo / "logs" / "measure.log").open("wb") as log:
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8")


def takes_of(study: Study, source: dict[int, Pixels], prompt: str) -> dict[str, dict[int, Pixels]]:
    """Some frames of the study's takes, and what the untuned model makes of these at more strength, each by itself."""
    made = {}
    for take in study.takes():
        note = take.note()
        made[f"{note['way']} {note['painting']['strength']:g}"] = some(take, source)
    with tempfile.TemporaryDirectory() as folder:
        apart = plainly(excerpt(study, source, Path(folder)), prompt, PARTLY, steps_of(study))
        partly = {number: pictures.read(apart.picture_path(i)) for i, number in enumerate(source, start=1)}
    return {f"plain {WHOLE:g}": made.pop(f"plain {WHOLE:g}"), f"plain {PARTLY:g}": partly, **made}


def some(take: Take, numbers: Iterable[int]) -> dict[int, Pixels]:
    return {number: pictures.read(take.picture_path(number)) for number in numbers}


def excerpt(study: Study, source: dict[int, Pixels], folder: Path) -> Study:
    """A study of only these frames: painting all of them at that strength would take two minutes more."""
    part = replace(study.source, first=1, last=len(source))
    job = PrintedJob()
    frames.begin(BeginFrames(str(folder), study.id, "", study.owner, part), [], job)
    for number, pixels in enumerate(source.values(), start=1):
        height, width = pixels.shape[:2]
        frames.put(PutFrame(str(folder), number, width, height, alpha=False), [pixels.tobytes()], job)
    frames.release(ReleaseFrames(str(folder)), [], job)
    return Study.open(folder)


def steps_of(study: Study) -> int:
    """As many as the tuned take was painted in."""
    return next(take.note()["painting"]["steps"] for take in study.takes() if take.note()["way"] == "tuned")


def plainly(study: Study, prompt: str, strength: float, steps: int) -> Take:
    painting = Painting(strength, steps, guidance=GUIDANCE, seed=0)
    wanted = Render(str(study.folder), "", Way.PLAIN, prompt, Engine(), painting)
    made = render.render(wanted, [], PrintedJob(), Shelf())
    return Take(made.take, Path(made.folder))


def fitted(study: Study, source: dict[int, Pixels], world: World, steps: int) -> dict[str, dict[int, Pixels]]:
    """What is simpler than tuning, fitted on the same frame and look, and all of it through the same VAE."""
    look = study.gallery.chosen()[0]
    before, after = (
        tensor(pictures.read(study.frame_path(look.frame))),
        tensor(pictures.read(study.gallery.picture_path(look.name))),
    )
    colours, patches = judges.fitted_colours(before, after), judges.fitted_patch_net(before, after, steps)
    shown = torch.cat([tensor(frame) for frame in source.values()])
    with torch.no_grad():
        painted = {
            "source through the VAE": shown,
            "affine colours": colours(shown),
            "7×7 patch network": patches(shown),
        }
    painted["truth through the VAE"] = torch.cat([tensor(frame) for frame in world.truths.values()])
    model = Shelf().take(Engine(device="cpu"))
    return {name: dict(zip(source, through(model, frames), strict=True)) for name, frames in painted.items()}


@torch.no_grad()
def through(model: Model, frames: torch.Tensor) -> list[Pixels]:
    decoded = [model.decode(model.encode(some)) for some in (frames.clamp(-1, 1) / 2 + 0.5).split(8)]
    return list((torch.cat(decoded) * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy())


def tensor(picture: Pixels) -> torch.Tensor:
    return torch.tensor(picture).permute(2, 0, 1)[None].float() / 127.5 - 1


def tell(judged: dict[str, Scores]) -> None:
    print(f"\n{'':24} PSNR to the truth   worst tenth   excess (flicker; the truth has 0)")
    for name, score in judged.items():
        print(f"{name:24} {score.psnr:14.1f} dB {score.worst_tenth:10.1f} dB {score.excess:8.1f}")
    print(flush=True)


def sheet(rows: dict[str, dict[int, Pixels]], shown: Sequence[int]) -> Image.Image:
    """A few frames of each, a row each, with its name."""
    height, width = (side * SCALE for side in next(iter(rows.values()))[shown[0]].shape[:2])
    made = Image.new("RGB", (LABEL + len(shown) * (width + 4), len(rows) * (height + 4) + 20), "white")
    draw, font = ImageDraw.Draw(made), ImageFont.load_default(16)
    for y, (name, row) in enumerate(rows.items()):
        draw.text((8, 20 + y * (height + 4) + height / 2), name, "black", font, anchor="lm")
        for x, number in enumerate(shown):
            picture = Image.fromarray(row[number]).resize((width, height), Image.Resampling.BICUBIC)
            made.paste(picture, (LABEL + x * (width + 4), 20 + y * (height + 4)))
    for x, number in enumerate(shown):
        draw.text((LABEL + x * (width + 4) + width / 2, 10), f"frame {number}", "black", font, anchor="mm")
    return made


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
