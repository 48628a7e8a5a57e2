"""From a folder to a loaded model: what is taken, and what is refused with a sentence that says why."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import miniature
import model_files
import original_layout
import pytest
import torch
from model_files import PROMPT, answers, change, refused, same
from safetensors.torch import load_file, save_file
from torch import Tensor

from backend import layout, models
from backend.models import Model
from backend.sampler import Prediction

saved, city, folder = model_files.saved, model_files.city, model_files.folder


# --- a folder


def test_a_folder_is_what_the_pipeline_would_load(city: Model) -> None:
    pipe = miniature.pipeline()
    assert same(city.unet, pipe.unet)
    prompt, empty = pipe.encode_prompt(PROMPT, "cpu", 1, True)
    assert torch.allclose(city.embed([PROMPT, ""]), torch.cat([prompt, cast(Tensor, empty)]), atol=1e-5)
    assert not any(p.requires_grad for p in city.unet.parameters())


def test_pictures_go_in_and_come_out_as_in_the_pipeline(city: Model) -> None:
    pipe: Any = miniature.pipeline()
    pictures = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    latents = city.encode(pictures)
    assert latents.shape == (2, 4, 8, 8) and city.factor == 8
    assert torch.equal(latents, city.encode(pictures)), "nothing is drawn"
    with torch.no_grad():
        expected = pipe.vae.encode(pipe.image_processor.preprocess(pictures)).latent_dist.mode()
        again = pipe.image_processor.postprocess(pipe.vae.decode(expected)[0], output_type="pt")
    assert torch.allclose(latents, expected * pipe.vae.config.scaling_factor, atol=1e-6)
    assert torch.allclose(city.decode(latents), again, atol=1e-5)


@pytest.mark.parametrize("prediction", list(Prediction))
def test_what_it_predicts_is_read_from_its_scheduler(prediction: Prediction, folder: Path) -> None:
    change(folder / "scheduler" / "scheduler_config.json", prediction_type=prediction.value)
    assert models.load(str(folder)).levels.prediction is prediction


def test_half_precision_files_are_taken_where_there_are_no_others(folder: Path) -> None:
    for part in layout.WITH_WEIGHTS:
        old = folder / part / layout.weights_in(layout.names(folder / part))
        save_file({k: v.half() for k, v in load_file(old).items()}, old.with_suffix(".fp16.safetensors"))
        old.unlink()
    model = models.load(str(folder))
    assert model.unet.dtype is torch.float32
    assert torch.allclose(answers(model.unet), answers(miniature.pipeline().unet), atol=0.05)


def test_it_comes_in_the_precision_that_is_asked_for(saved: Path) -> None:
    model = models.load(str(saved), dtype=torch.bfloat16)
    assert {model.unet.dtype, model.vae.dtype, model.text_encoder.dtype} == {torch.bfloat16}


def test_the_older_files_of_a_tokenizer_do(folder: Path) -> None:
    """As on the hub, where Stable Diffusion's tokenizer is vocab.json and merges.txt."""
    at = folder / "tokenizer"
    content = json.loads((at / "tokenizer.json").read_text())["model"]
    (at / "vocab.json").write_text(json.dumps(content["vocab"]))
    lines = [m if isinstance(m, str) else " ".join(m) for m in content["merges"]]
    (at / "merges.txt").write_text("\n".join(["#version: 0.2", *lines, ""]))
    (at / "tokenizer.json").unlink()
    assert torch.equal(models.load(str(folder)).embed([PROMPT]), models.load(str(folder)).embed([PROMPT]))
    told = models.load(str(folder)).tokenizer(PROMPT).input_ids
    assert told == miniature.tokenizer()(PROMPT).input_ids


def test_what_a_folder_lacks_is_said_at_once(folder: Path) -> None:
    shutil.rmtree(folder / "vae")
    (folder / "scheduler" / "scheduler_config.json").unlink()
    (folder / "text_encoder" / "model.safetensors").unlink()
    said = refused(lambda: models.load(str(folder)))
    assert said.message == f"“{folder}” lacks its VAE, text encoder and scheduler."
    assert refused(lambda: models.load(str(folder.parent))).message.count(",") == 3, "a folder above lacks all five"


def test_a_part_that_lacks_weights_is_refused(folder: Path) -> None:
    """diffusers would fill them with noise, and say so in a warning."""
    path = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights = load_file(path)
    del weights["conv_in.weight"], weights["conv_out.bias"]
    save_file(weights, path, {"format": "pt"})
    said = refused(lambda: models.load(str(folder)))
    assert "UNet" in said.message and "lacks 2 of its weights, conv_in.weight first" in said.message


@pytest.mark.parametrize("part", layout.WITH_WEIGHTS)
def test_a_damaged_file_is_named(part: str, folder: Path) -> None:
    path = folder / part / layout.weights_in(layout.names(folder / part))
    path.write_bytes(path.read_bytes()[:-1000])
    assert f"“{path}” is damaged" in refused(lambda: models.load(str(folder))).message


def test_pocket_is_checked_before_it_is_loaded(tmp_path: Path) -> None:
    """A flipped bit among the numbers is still a safetensors file: without its checksum it would paint noise."""
    shutil.copytree(Path(models.__file__).parent, tmp_path / "backend", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "backend" / "pocket" / "weights" / "unet" / "diffusion_pytorch_model.safetensors"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x40
    path.write_bytes(content)
    load = "from backend import api, models\ntry: models.load('pocket')\nexcept api.Failure as failure: print(failure)"
    done = subprocess.run([sys.executable, "-c", load], cwd=tmp_path, capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()
    assert len(said) == 1
    assert str(path) in said[0] and "is damaged: install the extension again." in said[0]


@pytest.mark.parametrize("file", ["unet/config.json", "scheduler/scheduler_config.json", "tokenizer/tokenizer.json"])
def test_a_damaged_configuration_is_refused(file: str, folder: Path) -> None:
    (folder / file).write_text("{")
    assert "cannot be loaded" in refused(lambda: models.load(str(folder))).message


def test_weights_of_another_shape_are_refused(folder: Path) -> None:
    change(folder / "unet" / "config.json", block_out_channels=[32, 96])
    assert "cannot be loaded" in refused(lambda: models.load(str(folder))).message


def test_parts_of_different_models_are_refused(folder: Path) -> None:
    change(folder / "text_encoder" / "config.json", hidden_size=64)
    for old in (folder / "text_encoder").glob("*.safetensors"):
        old.unlink()
    model = original_layout.parts(second=False).text_encoder
    model.save_pretrained(folder / "text_encoder")
    said = refused(lambda: models.load(str(folder)))
    assert "reads prompts of width 32" in said.message and "writes 64" in said.message


@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize("channels", [5, 9])
def test_a_model_that_takes_another_picture_is_refused(second: bool, channels: int, tmp_path: Path) -> None:
    """For inpainting, or for depth; of Stable Diffusion 2 the network is asked what it predicts, and takes four."""
    parts = original_layout.parts(second, in_channels=channels, out_channels=4)
    path = original_layout.save(tmp_path / "inpaint.safetensors", parts, second)
    assert "made for inpainting" in refused(lambda: models.load(str(path))).message


def test_a_folder_of_one_is_refused(folder: Path) -> None:
    change(folder / "unet" / "config.json", in_channels=9)
    path = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights = load_file(path)
    weights["conv_in.weight"] = torch.zeros(32, 9, 3, 3)
    save_file(weights, path, {"format": "pt"})
    assert "made for inpainting" in refused(lambda: models.load(str(folder))).message


def test_a_device_that_does_not_hold_the_model_is_said(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a card of too little memory, which this computer need not have."""

    def full(self: torch.nn.Module, device: object = None, **layout: object) -> torch.nn.Module:
        if device is None:  # it stays where it is, and only lies otherwise
            return self
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")

    monkeypatch.setattr(torch.nn.Module, "to", full)
    said = refused(lambda: models.load(str(saved), dtype=torch.float32))
    assert said.message == f"The device's memory does not hold the model “{saved}”."


# --- prompts


def test_a_prompt_that_is_too_long_is_said_with_what_would_be_lost(city: Model) -> None:
    fits = " ".join(["city"] * 75)
    assert city.embed([fits]).shape == (1, 77, 32)
    said = refused(lambda: city.embed(["a city", f"{fits} at night"]))
    assert said.message == "The prompt has 77 tokens and the model reads 75: it would not see “at night”."


def test_a_tokenizer_that_does_not_know_its_length_is_held_to_the_encoders(folder: Path) -> None:
    change(folder / "tokenizer" / "tokenizer_config.json", model_max_length=10**30)
    assert models.load(str(folder)).reader.length == 77
