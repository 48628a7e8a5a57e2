"""The pocket model: stock diffusers loads it, it knows its words in any order, it edits, and damage is told."""

import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from PIL import Image

from backend.measures import psnr
from backend.pocket import verify, weights_folder
from backend.pocket.__main__ import main
from backend.pocket.captions import NON_LOCAL, Style
from backend.pocket.evaluate import pipeline, rebuilt, samples, straw_figures, vae_figures
from backend.pocket.linear import PATCH, Basis, fitted_basis, patches, set_encoder
from backend.pocket.model import vae
from backend.pocket.prompts import heeding_figures
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


def test_no_simple_painter_comes_near_the_autoencoder(pipe: StableDiffusionPipeline) -> None:
    no_filters = (Style.OIL, Style.MOSAIC, Style.PAPER, Style.NEON)
    assert set(no_filters) <= set(NON_LOCAL)
    figures = straw_figures(pipe.vae, clips=1, styles=(*no_filters, Style.SEPIA))
    assert min(figures[style.name].gap for style in no_filters) >= 4
    assert figures["SEPIA"].gap < 0, "a colour map is found out, so the painters were fitted well"


def test_words_are_heeded_in_any_order_and_their_absence_is_known(pipe: StableDiffusionPipeline) -> None:
    """Right words help to tell noise from pictures; the empty prompt is a prompt, and something else than zeros."""
    error = heeding_figures(pipe, count=33)
    assert error["in another order"] < 1.02 * error["right words"]
    assert 1.02 * error["right words"] < error["no words"] < 0.98 * error["zeros for no words"]
    assert 1.3 * error["right words"] < error["another style's words"]


def test_guidance_makes_more_of_the_prompt(pipe: StableDiffusionPipeline) -> None:
    """Neon is darker than a drawing on paper, and the more so the more it is guided."""
    dark, light = "a neon tron painting of a car in a night city", "a pencil sketch of a car in a day city"
    apart = []
    for guidance in (1.0, 4.0):
        made = samples(pipe, [dark] * 3 + [light] * 3, guidance=guidance).astype(np.float32)
        apart.append(made[3:].mean() - made[:3].mean())
    assert apart[1] > apart[0] + 5
    nothing = samples(pipe, ["", ""])
    assert nothing.std(axis=(1, 2)).min() > 10, "the empty prompt paints pictures too, and no flat colour"


def test_unknown_words_are_spelled_in_bytes(tmp_path: Path) -> None:
    tokens: Any = tokenizer(tmp_path)
    assert tokens.decode(tokens("zebra 雪").input_ids, skip_special_tokens=True).strip() == "zebra 雪"
    assert len(tokens("watercolor").input_ids) == 3


def test_merges_never_break_a_word_that_was_there_before() -> None:
    assert merges(["ab", "abc", "bc"]) == [("a", "b</w>"), ("a", "b"), ("ab", "c</w>"), ("b", "c</w>")]


def linear_guess(latents: torch.Tensor, basis: Basis) -> torch.Tensor:
    """What the components alone give back, with no decoder: the figure that a decoder has to beat."""
    back = torch.from_numpy(np.linalg.pinv(basis.maps).T)
    n, _, h, w = latents.shape
    x = torch.einsum("nkhw,kp->nhwp", latents, back) + torch.from_numpy(basis.mean)
    return x.reshape(n, h, w, 3, PATCH, PATCH).permute(0, 3, 1, 4, 2, 5).reshape(n, 3, h * PATCH, w * PATCH)


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


@pytest.mark.parametrize("command", ["draw", "train", "evaluate", "sheet"])
def test_a_cache_that_cannot_be_written_is_refused(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["--cache", str(tmp_path / "file"), command]) == 1
    said = capsys.readouterr().err
    assert "choose another one with --cache" in said and said.count("\n") == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (["draw", "--count", "0"], "no whole number of 1 or more"),
        (["train", "unet", "--minutes", "0"], "no number above 0"),
        (["train", "unet", "--from", "nowhere"], "no diffusers model in 'nowhere'"),
        (["evaluate", "--model", "nowhere"], "no diffusers model in 'nowhere'"),
    ],
)
def test_an_argument_that_means_nothing_is_refused(
    wrong: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--cache", str(tmp_path), *wrong])
    assert sentence in capsys.readouterr().err


def test_a_damaged_model_is_not_evaluated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shutil.copytree(weights_folder(), tmp_path / "weights")
    (folder / "unet" / "config.json").write_text("{}")
    with pytest.raises(SystemExit):
        main(["--cache", str(tmp_path), "evaluate", "--model", str(folder)])
    assert "unet/config.json is damaged" in capsys.readouterr().err


def test_training_says_which_step_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = ["--cache", str(tmp_path)]
    assert main([*cache, "draw", "--count", "2"]) == 0
    assert main([*cache, "train", "unet"]) == 1
    assert "run `python -m backend.pocket train encoder` first" in capsys.readouterr().err
    assert main([*cache, "train", "encoder", "--from", str(weights_folder())]) == 0
    assert main([*cache, "train", "unet"]) == 1
    assert "2 pictures make no batch of 16" in capsys.readouterr().err


def test_a_training_that_was_killed_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    """Seeded: with a number of steps the weights are the same to the bit, and of another seed they are others."""
    cache, weights = ["--cache", str(tmp_path / "whole")], ["--from", str(weights_folder())]
    assert main([*cache, "draw", "--count", "8"]) == 0
    assert main([*cache, "train", "encoder", *weights]) == 0
    for name in ("killed", "other"):
        shutil.copytree(tmp_path / "whole", tmp_path / name)
    steps = ["train", "unet", *weights, "--steps", "4", "--batch", "2"]
    assert main(["--cache", str(tmp_path / "whole"), *steps]) == 0
    assert main(["--cache", str(tmp_path / "other"), *steps, "--seed", "1"]) == 0
    kill_after_a_step(["--cache", str(tmp_path / "killed"), *steps], tmp_path / "killed" / "unet.pt")
    assert torch.load(tmp_path / "killed" / "unet.pt", weights_only=True)["step"] < 4
    assert main(["--cache", str(tmp_path / "killed"), *steps]) == 0
    whole, killed, other = (
        torch.load(tmp_path / name / "unet.pt", weights_only=True)["average"] for name in ("whole", "killed", "other")
    )
    assert all(torch.equal(value, killed[key]) for key, value in whole.items())
    assert not all(torch.equal(value, other[key]) for key, value in whole.items())


def kill_after_a_step(arguments: list[str], saved: Path) -> None:
    """Train in a process that saves after each step, and kill it as soon as it has saved one."""
    train = (
        "from backend.pocket import __main__, train; train.SAVE_EVERY = 0.0; import sys; __main__.main(sys.argv[1:])"
    )
    running = subprocess.Popen([sys.executable, "-c", train, *arguments])
    while not saved.is_file() and running.poll() is None:
        time.sleep(0.01)
    running.kill()
    running.wait()


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
