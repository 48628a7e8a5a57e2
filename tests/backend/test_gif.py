"""Pictures become a GIF: its colours, its pace, that what stands still stays still, and that memory stays flat."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from patience import promise
from PIL import Image, ImageSequence
from studies import noise, place, quiet_job

from backend import gif
from backend.api import Exported, Failure, Progress, WriteGif
from backend.jobs import Job
from backend.numbered import picture_name
from backend.stages.export import write_gif

ROOT = Path(__file__).parents[2]


def put_pictures(folder: Path, frames: list[np.ndarray], first: int = 1) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(frames, start=first):
        Image.fromarray(frame).save(folder / picture_name(number))
    return folder


def written(folder: Path, frames: list[np.ndarray], fps: float = 24.0, width: int = 0) -> tuple[Exported, Path]:
    file = folder / "out" / "Überfahrt.gif"
    pictures = put_pictures(folder / "pictures", frames, first=-2)
    return write_gif(WriteGif(str(pictures), str(file), fps, width), [], quiet_job()), file


def seen(file: Path) -> tuple[list[np.ndarray], list[int]]:
    """The frames as a player shows them, and for how many milliseconds each."""
    with Image.open(file) as whole:
        shown = [(np.asarray(frame.convert("RGB")), frame.info["duration"]) for frame in ImageSequence.Iterator(whole)]
    return [frame for frame, _ in shown], [time for _, time in shown]


def views(*starts: int) -> list[np.ndarray]:
    """A camera without grain that looks at a part of a wide view."""
    return [place(1)[:64, start : start + 96] for start in starts]


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return 10 * np.log10(255**2 / ((a.astype(float) - b) ** 2).mean())


def test_it_shows_what_the_pictures_show(tmp_path: Path):
    frames = views(*range(0, 240, 20))
    answer, file = written(tmp_path, frames)
    shown, times = seen(file)
    assert (len(shown), answer.frames, answer.file, answer.bytes) == (12, 12, str(file), file.stat().st_size)
    assert sum(times) == 500
    assert set(times) == {40, 50}
    smooth = [np.asarray(Image.fromarray(f).resize((24, 16), Image.Resampling.BOX)) for f in (*frames, *shown)]
    assert min(psnr(a, b) for a, b in zip(smooth[:12], smooth[12:], strict=True)) > 34  # from a little away
    with Image.open(file) as whole:
        assert whole.info["loop"] == 0
        assert whole.size == (96, 64)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_there_is_one_palette_for_all_frames(tmp_path: Path):
    _, file = written(tmp_path, views(*range(0, 100, 20)))
    data = file.read_bytes()
    assert data[10] == 0xF7, "256 colours for all frames"
    frames, at = 0, 13 + 768
    while data[at] != ord(";"):
        if data[at] == ord("!"):
            at += 2
        else:
            frames += 1
            assert data[at + 9] & 0x80 == 0, "a frame brings colours of its own"
            at += 11
        while data[at]:
            at += data[at] + 1
        at += 1
    assert frames == 5


def test_what_stands_still_does_not_flicker(tmp_path: Path):
    """Also under the noise that a codec leaves: a little of it changes no pixel, where error diffusion crawls."""
    (scene,), generator = views(0), np.random.default_rng(1)
    grain = [generator.integers(-2, 3, scene.shape) for _ in range(8)]
    frames = [np.clip(scene.astype(int) + one, 0, 255).astype(np.uint8) for one in grain]
    for frame in frames:
        frame[20:30, :20] = 0
    for index, frame in enumerate(frames):
        frame[20:30, 2 * index : 2 * index + 4] = 255  # something else moves
    shown, _ = seen(written(tmp_path, frames)[1])
    rest = np.ones(scene.shape[:2], bool)
    rest[20:30, :24] = False
    assert len(shown) == 8
    assert all((frame[rest] == shown[0][rest]).all() for frame in shown)
    assert all((frame[20:30, 2 * i : 2 * i + 4] > 150).all() for i, frame in enumerate(shown))


def test_a_slow_change_is_not_held_back_for_ever(tmp_path: Path):
    frames = [np.full((16, 16, 3), 40 + 2 * step, np.uint8) for step in range(40)]
    shown, times = seen(written(tmp_path, frames)[1])
    assert abs(int(shown[-1].mean()) - 118) <= gif.HELD
    assert sum(times) == round(100 * 40 / 24) * 10


def test_few_colours_are_kept_to_the_bit(tmp_path: Path):
    generator = np.random.default_rng(2)
    colours = generator.integers(0, 256, (200, 3), dtype=np.uint8)
    frames = [colours[generator.integers(0, 200, (24, 32))] for _ in range(3)]
    shown, _ = seen(written(tmp_path, frames)[1])
    assert all((a == b).all() for a, b in zip(frames, shown, strict=True))


def card(at: int, shades: int = 0) -> np.ndarray:
    """Four times as wide as what colours are looked for in, with a line, a dot, and shades that are in none of it."""
    frame = np.full((360, 640, 3), 255, np.uint8)
    frame[100:200, at : at + 100] = (20, 40, 200)
    frame[40, 80:560] = (220, 10, 10)
    frame[301, 301] = (10, 200, 40)
    frame[320, : 2 * shades : 2, 0] = np.arange(shades) % 256
    frame[320, : 2 * shades : 2, 1] = np.arange(shades) // 2
    return frame


def test_a_thin_line_keeps_its_colour(tmp_path: Path):
    frames = [card(at) for at in range(0, 200, 40)]
    shown, _ = seen(written(tmp_path, frames)[1])
    assert all((a == b).all() for a, b in zip(frames, shown, strict=True))


def test_of_more_flat_colours_than_there_is_room_for_the_frequent_ones_stay(tmp_path: Path):
    frames = [card(at, 300) for at in range(0, 200, 40)]
    shown, _ = seen(written(tmp_path, frames)[1])
    for wanted, found in zip(frames, shown, strict=True):
        off = abs(wanted.astype(int) - found).max(axis=2)
        assert np.delete(off, 320, axis=0).max() <= 4
        assert off[320].max() <= 24


@pytest.mark.parametrize(
    ("fps", "count"), [(24, 48), (25, 50), (30000 / 1001, 60), (12, 7), (60, 120), (120, 90), (1, 3)]
)
def test_it_takes_as_long_as_the_film(fps: float, count: int):
    shown = gif.timed(count, fps)
    times = [hundredths for _, hundredths in shown]
    assert sum(times) == round(100 * count / fps)
    assert min(times) >= gif.SHORTEST
    at = np.cumsum([0, *times[:-1]])
    assert max(abs(100 * index / fps - start) for (index, _), start in zip(shown, at, strict=True)) <= 1
    assert (len(shown) == count) is (fps <= 50)


def test_a_single_frame_and_a_still_film(tmp_path: Path):
    shown, times = seen(written(tmp_path / "one", views(0), fps=2)[1])
    assert (len(shown), times) == (1, [500])
    answer, file = written(tmp_path / "still", views(*[0] * 10), fps=10)
    shown, times = seen(file)
    assert (len(shown), times, answer.frames) == (1, [1000], 10)


def test_a_still_picture_of_many_minutes(tmp_path: Path):
    _, file = written(tmp_path, [np.zeros((8, 8, 3), np.uint8)] * 8, fps=0.01)
    assert sum(seen(file)[1]) == 800_000


def test_it_may_be_smaller(tmp_path: Path):
    _, file = written(tmp_path, views(0), width=48)
    with Image.open(file) as whole:
        assert whole.size == (48, 32)


@pytest.mark.parametrize(
    ("aspect", "width", "size"),
    [(1.5, 0, (144, 64)), (0.5, 0, (96, 128)), (1.5, 48, (48, 21)), (0.5, 48, (48, 64)), (16 / 15, 0, (102, 64))],
)
def test_its_pixels_are_square_where_those_of_the_pictures_are_not(
    tmp_path: Path, aspect: float, width: int, size: tuple[int, int]
):
    file = tmp_path / "out.gif"
    folder = put_pictures(tmp_path / "pictures", views(0, 8))
    write_gif(WriteGif(str(folder), str(file), 24.0, width, aspect), [], quiet_job())
    with Image.open(file) as whole:
        assert whole.size == size


LONG = """
import resource, sys
from backend.api import WriteGif
from backend.jobs import Job
from backend.stages.export import write_gif
for folder in sys.argv[1:]:
    write_gif(WriteGif(folder, folder + ".gif", 24.0), [], Job(1, lambda *_: None))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_memory_stays_flat_however_long_it_is(tmp_path: Path):
    side = 768
    pictures = [
        Image.fromarray(noise(seed, 32, 32)).resize((side, side), Image.Resampling.NEAREST) for seed in range(2)
    ]
    for name, count in (("short", 6), ("long", 46)):
        (tmp_path / name).mkdir()
        for number in range(1, count + 1):
            file = tmp_path / name / picture_name(number)
            if number <= 2:
                pictures[number - 1].save(file, compress_level=1)
            else:
                file.hardlink_to(tmp_path / name / picture_name(2 - number % 2))
    command = [sys.executable, "-c", LONG, str(tmp_path / "short"), str(tmp_path / "long")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    short, long = map(int, done.stdout.split())
    frame = side * side / (1 << 20)  # with a byte a pixel, as the file has it
    assert long - short < 24 * frame, "40 more frames were kept"


# --- what cannot be


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fps": 0.0}, "0 frames a second make no GIF"),
        ({"width": -1}, "cannot be -1 pixels wide"),
        ({"width": 70000}, "cannot be 70000 pixels wide"),
        ({"aspect": 2000.0}, "cannot be 192000×64 pixels large"),
        ({"folder": "nowhere"}, "There are no pictures in"),
        ({"file": "pictures"}, "is a folder"),
        ({"file": "pictures/000001.png/x.gif"}, "a file is in its way"),
    ],
)
def test_what_cannot_become_a_gif_is_one_sentence(tmp_path: Path, changes: dict, said: str):
    put_pictures(tmp_path / "pictures", views(0, 0))
    asked = {"folder": "pictures", "file": "out.gif", "fps": 24.0} | changes
    asked |= {name: str(tmp_path / asked[name]) for name in ("folder", "file")}
    with pytest.raises(Failure, match=said):
        write_gif(WriteGif(**asked), [], quiet_job())


def test_a_damaged_picture_is_named_and_the_old_gif_stays(tmp_path: Path):
    folder = put_pictures(tmp_path / "pictures", views(0, 0, 0))
    whole = (folder / picture_name(2)).read_bytes()
    (folder / picture_name(2)).write_bytes(whole[: len(whole) // 2])
    old = tmp_path / "out.gif"
    old.write_bytes(b"the one before")
    with pytest.raises(Failure, match=r"000002\.png” cannot be read"):
        write_gif(WriteGif(str(folder), str(old), 24.0), [], quiet_job())
    assert old.read_bytes() == b"the one before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.gif", "pictures"]


def test_a_cancelled_one_leaves_the_old_gif(tmp_path: Path):
    folder = put_pictures(tmp_path / "pictures", views(*range(0, 100, 20)))
    old = tmp_path / "out.gif"
    old.write_bytes(b"the one before")

    def hear(event: Progress, blobs: list[bytes]) -> None:
        if event.text == "Writing the GIF":
            job.cancel()

    job = Job(1, hear)  # type: ignore[arg-type]
    with pytest.raises(Failure, match="Cancelled"):
        write_gif(WriteGif(str(folder), str(old), 24.0), [], job)
    assert old.read_bytes() == b"the one before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.gif", "pictures"]


KILLED = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[3:]
from studies import quiet_job
from backend.api import WriteGif
from backend.stages.export import write_gif
write_gif(WriteGif(sys.argv[1], sys.argv[2], 24.0, 0), [], quiet_job())
"""


def test_what_a_killed_writer_left_beside_it_goes_the_next_time(tmp_path: Path):
    """What one that lives is writing stays."""
    pictures = put_pictures(tmp_path / "pictures", [noise(number, 160, 128) for number in range(24)])
    out = tmp_path / "out"
    out.mkdir()
    paths = [str(ROOT), str(ROOT / "tests/backend")]
    command = [sys.executable, "-c", KILLED, str(pictures), str(out / "[1] film.gif"), *paths]
    with subprocess.Popen(command) as writer:
        until = time.monotonic() + promise(20)
        while not list(out.iterdir()):
            assert time.monotonic() < until and writer.poll() is None
            time.sleep(0.002)
        writer.kill()
    (left,) = out.iterdir()
    assert left.name.startswith(f"[1] film.gif.{writer.pid}-")
    others = out / f"[1] film.gif.{os.getpid()}-abcdef.tmp"
    others.write_bytes(b"of somebody at work")
    subprocess.run(command, check=True)
    assert sorted(path.name for path in out.iterdir()) == ["[1] film.gif", others.name]
