"""An image from outside is a look: its size, colours and mode, and what is refused."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import looking
import numpy as np
import original_layout
import pytest
from looking import CLIP, bring, gallery, picture, refusal, saved
from PIL import Image, ImageCms
from studies import noise

from backend.__main__ import main
from backend.api import Engine, Look
from backend.fingerprint import shown_by
from backend.study import Study

folder, model, make, shelf = looking.folder, looking.model, looking.make, looking.shelf


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


def test_what_a_killed_writer_of_looks_left_goes_with_the_next_one(folder: Path):
    (folder / "looks").mkdir()
    left = folder / "looks" / "001-1.png.4711-123456.tmp"
    left.write_bytes(b"half")
    bring(folder, saved(folder, CLIP[0]))
    assert not left.exists()
    assert len(gallery(folder)) == 1


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


def linear_grey() -> bytes:
    """The least profile there is: grey, with light in proportion to its values."""
    curve = b"curv" + bytes(8)
    tags = struct.pack(">I4sII", 1, b"kTRC", 128 + 16, len(curve)) + curve
    head = struct.pack(">I4xI4s4s4s12x4s", 128 + len(tags), 0x02400000, b"mntr", b"GRAY", b"XYZ ", b"acsp")
    return head.ljust(68, b"\0") + struct.pack(">III", 0xF6D6, 0x10000, 0xD32D) + bytes(48) + tags


@pytest.mark.parametrize("kind", ["L", "LA", "I;16", "I;16 with a key", "F"])
def test_the_tones_of_a_grey_image_with_a_profile_are_brought_to_srgb(folder: Path, kind: str):
    light = np.tile(np.linspace(0, 1, 96), (64, 1))
    wanted = 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    if kind.startswith("I"):
        image = Image.fromarray(np.rint(light * 65535).astype(np.uint16))
    elif kind == "F":
        image = Image.fromarray(light.astype(np.float32))
    else:
        image = Image.fromarray(np.rint(light * 255).astype(np.uint8)).convert(kind)
    more = {"transparency": 7} if "key" in kind else {}
    name = "grey.tiff" if kind == "F" else "grey.png"
    (look,) = bring(folder, saved(folder, image, name, icc_profile=linear_grey(), **more)).looks
    off = np.abs(picture(folder, look) - wanted[..., None])
    assert off.max() < (8 if kind in ("L", "LA") else 2), "dark tones of eight bits lie far apart"


def test_a_grey_image_of_sixteen_bits_may_say_which_tone_would_be_transparent(folder: Path):
    """That alone makes it none."""
    ramp = Image.fromarray(np.tile(np.linspace(0, 65535, 96), (64, 1)).astype(np.uint16))
    (look,) = bring(folder, saved(folder, ramp, transparency=7)).looks
    assert np.abs(picture(folder, look) - np.linspace(0, 255, 96)[:, None]).max() <= 1
    failure = refusal(bring, folder, saved(folder, ramp, transparency=65535))
    assert "is transparent in places" in failure.message


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


# --- a prompt that the model cannot hold

LONG = "neon " * 75 + "red car"


def contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_prompt_that_is_too_long_is_refused_as_painting_by_it_is(folder: Path, model: Path, make):
    file, before = saved(folder, CLIP[0]), contents(folder)
    said = refusal(bring, folder, file, LONG, engine=Engine(str(model)))
    assert "The prompt has 77 tokens and the model reads 75" in said.message and "red car" in said.message
    assert contents(folder) == before
    assert (said.message, said.hint) == (refusal(make, LONG).message, refusal(make, LONG).hint)
    fits = "neon " * 73 + "red car"
    assert bring(folder, file, fits, engine=Engine(str(model))).looks[0].prompt == fits


def test_pocket_holds_a_shorter_one(folder: Path):
    said = refusal(bring, folder, saved(folder, CLIP[0]), "neon " * 31, engine=Engine())
    assert said.message == "The prompt has 31 tokens and the model reads 30: it would not see “neon”."
    assert gallery(folder) == []


@pytest.mark.parametrize("second", [False, True])
def test_of_a_single_file_only_the_head_is_read(folder: Path, tmp_path: Path, second: bool):
    whole = original_layout.save(tmp_path / "whole.safetensors", original_layout.parts(second), second)
    said = refusal(bring, folder, saved(folder, CLIP[0]), "city " * 76, engine=Engine(str(whole)))
    assert said.message == "The prompt has 76 tokens and the model reads 75: it would not see “city”."
    assert bring(folder, saved(folder, CLIP[0]), "city " * 75, engine=Engine(str(whole))).looks


def test_a_model_that_cannot_say_it_hinders_nobody(folder: Path, tmp_path: Path):
    """It is not here yet, or damaged, or not known: that is for tuning to say."""
    broken, empty = tmp_path / "broken.safetensors", tmp_path / "empty"
    broken.write_bytes(b"no model")
    empty.mkdir()
    for i, name in enumerate(("maker/none", str(tmp_path / "none"), str(broken), str(empty))):
        assert bring(folder, saved(folder, CLIP[0]), f"{LONG} {i}", engine=Engine(name)).looks
    assert bring(folder, saved(folder, CLIP[0]), LONG).looks


def test_the_command_is_told_the_model(folder: Path, model: Path, capsys: pytest.CaptureFixture[str]):
    words = ["bring-look", str(folder), str(saved(folder, CLIP[0])), "--frame", "1", "--prompt", LONG]
    assert main([*words, "--model", str(model)]) == 1
    assert "The prompt has 77 tokens and the model reads 75" in capsys.readouterr().err
    assert gallery(folder) == []
    assert main(words) == 0
    assert len(gallery(folder)) == 1
