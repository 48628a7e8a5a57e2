"""A take that is cancelled, killed, or shared by several processes ends the same."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import takes
from launching import PATHS, launched, launched_without_a_card
from studies import noise as picture
from takes import PAINTING, PROMPT, Rendering, apart, cancelled_after, refusal, shown, take, written

from backend import api, rendering
from backend.api import ErrorCode, Rendered
from backend.jobs import Job
from backend.study import Study

model, folder, shelf = takes.model, takes.folder, takes.shelf
render = takes.render

AS_FROM_A_TERMINAL = replace(PAINTING, guidance=2.0)  # where a plain take at 1 would get that of looks

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
    whole = shown(render(take="whole", painting=AS_FROM_A_TERMINAL))
    words = ["render", str(folder), "--way", "plain", "--prompt", PROMPT, "--take", "cut", "--model", model]
    words += ["--batch", "1", "--steps", "10", "--seed", "7", "--guidance", "2"]
    killed = subprocess.run([sys.executable, "-c", KILLED_AT_PICTURE_3, *words], env=PATHS, check=False)
    assert killed.returncode == -signal.SIGKILL
    cut = Study.open(folder).take("cut")
    kept = written(Rendered("cut", str(cut.folder), 1, 6, 0))
    assert 0 < len(kept) <= 3  # they are written side by side
    (cut.folder / "000005.png.1-abc.tmp").write_bytes(b"half a picture")
    rest = render(take="cut", painting=AS_FROM_A_TERMINAL)
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


# --- several processes


def test_two_processes_render_the_same_take(folder: Path, render: Rendering, model: str) -> None:
    alone = render(take="alone", painting=AS_FROM_A_TERMINAL)
    words = ["--way", "plain", "--prompt", PROMPT, "--take", "shared", "--model", model]
    words += ["--steps", "10", "--seed", "7", "--guidance", "2"]
    said = launched("render", folder, *words)
    assert said.returncode == 0, said.stderr
    assert said.stdout.strip() == f"6 frames, 6 of them rendered now: {folder / 'takes' / 'shared'}"
    together = render(take="shared", painting=AS_FROM_A_TERMINAL)
    assert together.rendered == 0
    assert apart(shown(together), shown(alone)) <= 1
    assert take(together).note() == {**take(alone).note(), "name": "shared"}
    path = Study.open(folder).frame_path(6)
    path.write_bytes(path.read_bytes()[:200] + bytes(400) + path.read_bytes()[600:])
    said = launched("render", folder, *words)
    assert said.returncode != 0
    assert "000006.png” is not a picture that can be read" in said.stderr


def test_where_accelerate_starts_a_single_process_that_one_says_so_and_renders_all(folder: Path, model: str) -> None:
    words = ["--way", "plain", "--prompt", PROMPT, "--take", "alone", "--model", model, "--steps", "10", "--seed", "7"]
    said = launched_without_a_card("render", folder, *words)
    assert said.returncode == 0, said.stderr
    assert said.stdout.strip() == f"6 frames, 6 of them rendered now: {folder / 'takes' / 'alone'}"
    (told,) = [line for line in said.stderr.splitlines() if "accelerate has started" in line]
    assert told == (
        "accelerate has started one process where several were asked for, and it does all of the work. "
        "For several on processors write --multi_gpu before --num_processes, and --device cpu at the end."
    )
