"""The pocket model: stock diffusers loads it, it knows its words in any order, it edits, and damage is told."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from PIL import Image

from backend.pocket import verify, weights_folder
from backend.pocket.__main__ import main
from backend.pocket.captions import Style
from backend.pocket.evaluate import pipeline, psnr, rebuilt, vae_figures
from backend.pocket.linear import fitted_basis, linear_guess, patches, set_encoder
from backend.pocket.model import vae
from backend.pocket.tokens import merges, tokenizer
from backend.pocket.train import to_tensor
from backend.pocket.world import Clip


@pytest.fixture(scope="module")
def pipe() -> StableDiffusionPipeline:
    return pipeline(None)


def test_the_weights_are_whole_and_small() -> None:
    verify()
    assert sum(path.stat().st_size for path in weights_folder().rglob("*") if path.is_file()) <= 25e6


@pytest.mark.parametrize("broken", ["unet/diffusion_pytorch_model.safetensors", "checksums.json"])
def test_damage_is_told_in_one_sentence(tmp_path: Path, broken: str) -> None:
    folder = shutil.copytree(weights_folder(), tmp_path / "weights")
    content = bytearray((folder / broken).read_bytes())
    content[len(content) // 2] ^= 0xFF
    (folder / broken).write_bytes(content)
    with pytest.raises(ValueError, match="install the extension again") as refusal:
        verify(folder)
    assert "\n" not in str(refusal.value)
    (folder / broken).unlink()
    with pytest.raises(ValueError, match="install the extension again"):
        verify(folder)


def test_stock_pipelines_paint_and_edit(pipe: StableDiffusionPipeline) -> None:
    made: Any = pipe("a neon tron painting of a car in a night city", num_inference_steps=2, output_type="np")
    assert made.images.shape == (1, 64, 64, 3)
    edit: Any = StableDiffusionImg2ImgPipeline.from_pretrained(weights_folder())
    edit.set_progress_bar_config(disable=True)
    photo = Clip(11, size=(64, 64)).photo(20)
    weak, strong = (
        edit("an oil painting", Image.fromarray(photo), strength, 10, output_type="np").images[0] * 255
        for strength in (0.1, 0.7)
    )
    assert psnr(photo, weak) > psnr(photo, strong)


def test_the_noise_is_stable_diffusions(pipe: StableDiffusionPipeline) -> None:
    config = pipe.scheduler.config
    assert (config.beta_start, config.beta_end, config.beta_schedule) == (0.00085, 0.012, "scaled_linear")
    assert (config.clip_sample, config.set_alpha_to_one, config.steps_offset) == (False, False, 1)


def test_the_autoencoder_keeps_every_style(pipe: StableDiffusionPipeline) -> None:
    figures = vae_figures(pipe.vae, clips=3)
    assert figures[Style.PHOTO.name] >= 26
    assert min(figures.values()) >= 21, figures


def test_a_prompt_says_the_same_in_another_order(pipe: StableDiffusionPipeline) -> None:
    prompts = [
        "a neon tron painting of a red car in a night city",
        "in a night city a red car, neon tron painting",
        "a pencil sketch of a red car in a night city",
    ]
    usual, turned, other = denoised(pipe, prompts)
    assert (usual - turned).norm() < 0.6 * (usual - other).norm()


@torch.no_grad()
def denoised(pipe: StableDiffusionPipeline, prompts: list[str]) -> torch.Tensor:
    """What the denoiser makes of the same noise for each prompt: where the meaning of words shows."""
    noise = torch.randn(8, 12, 16, 16, generator=torch.Generator().manual_seed(0))
    made = []
    for prompt in prompts:
        ids = pipe.tokenizer(prompt, padding="max_length", return_tensors="pt").input_ids
        words = pipe.text_encoder(ids).last_hidden_state.expand(8, -1, -1)
        made.append(pipe.unet(noise, 900, words).sample)
    return torch.stack(made)


def test_unknown_words_are_spelled_in_bytes(tmp_path: Path) -> None:
    tokens: Any = tokenizer(tmp_path)
    assert tokens.decode(tokens("zebra 雪").input_ids, skip_special_tokens=True).strip() == "zebra 雪"
    assert len(tokens("watercolor").input_ids) == 3


def test_merges_never_break_a_word_that_was_there_before() -> None:
    assert merges(["ab", "abc", "bc"]) == [("a", "b</w>"), ("a", "b"), ("ab", "c</w>"), ("b", "c</w>")]


def test_the_closed_form_encoder_computes_components() -> None:
    pixels = np.stack([Clip(seed, size=(64, 64)).photo(3) for seed in range(12)])
    network: Any = vae()
    basis = fitted_basis(pixels, np.ones(12), 12)
    set_encoder(network, basis)
    with torch.no_grad():
        latents = network.encode(to_tensor(pixels)).latent_dist.mean
    wanted = ((patches(pixels) - basis.mean) @ basis.maps.T).reshape(12, 16, 16, 12).transpose(0, 3, 1, 2)
    assert np.abs(latents.numpy() - wanted).max() < 0.01
    back = (linear_guess(latents, basis).numpy().transpose(0, 2, 3, 1) + 1) * 127.5
    assert psnr(back, pixels) > 25


def test_the_decoder_beats_what_the_components_give_back(pipe: StableDiffusionPipeline) -> None:
    neon = np.stack([Clip(seed, size=(64, 64)).painted(3, Style.NEON) for seed in range(10, 16)])
    assert psnr(rebuilt(pipe.vae, neon), neon) > 20


def test_training_refuses_a_folder_without_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cache", str(tmp_path), "train", "encoder"]) == 1
    assert "draw them first" in capsys.readouterr().err


def test_drawing_refuses_a_cache_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["--cache", str(tmp_path / "file"), "draw", "--count", "1"]) == 1
    assert "choose another one with --cache" in capsys.readouterr().err


def test_a_small_training_goes_on_where_it_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = ["--cache", str(tmp_path)]
    assert main([*cache, "draw", "--count", "40"]) == 0
    assert main([*cache, "train", "encoder"]) == 0
    for minutes in ("0.03", "0.06"):
        assert main([*cache, "train", "decoder", "--minutes", minutes, "--batch", "4"]) == 0
    assert "resumed decoder.pt" in capsys.readouterr().out


def test_wide_pictures_are_learned_beside_the_squares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache, weights = ["--cache", str(tmp_path)], ["--from", str(weights_folder())]
    assert main([*cache, "draw", "--count", "8"]) == 0
    assert main([*cache, "draw", "--wide", "--count", "6"]) == 0
    assert main([*cache, "train", "encoder", *weights]) == 0
    assert "data: 8 latents" in (told := capsys.readouterr().out)
    assert "wide: 6 latents" in told
    for minutes in ("0.05", "0.2", "1"):  # until both had their turn, on whatever machine
        assert main([*cache, "train", "unet", *weights, "--minutes", minutes, "--batch", "2"]) == 0
        if torch.load(tmp_path / "unet.pt", weights_only=True)["step"] >= 2:
            return
    pytest.fail("two steps took more than a minute")
