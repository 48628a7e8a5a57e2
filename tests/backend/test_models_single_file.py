"""A single file: read without any configuration, and asked where it says nothing."""

from __future__ import annotations

from pathlib import Path

import original_layout
import pytest
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from model_files import PROMPT, refused, same
from safetensors.torch import save_file

from backend import models, single_file
from backend.sampler import Prediction

# --- a single file


@pytest.mark.parametrize("second", [False, True])
def test_a_single_file_is_read_without_any_configuration(second: bool, tmp_path: Path) -> None:
    """Stable Diffusion 1, and 2: what was written comes back to the bit."""
    parts = original_layout.parts(second)
    path = original_layout.save(tmp_path / "m.safetensors", parts, second, {"modelspec.prediction_type": "epsilon"})
    model = models.load(str(path))
    assert same(model.unet, parts.unet)
    latents = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    tokens = model.tokenizer([PROMPT], padding="max_length", return_tensors="pt").input_ids
    with torch.no_grad():
        pictures = (parts.vae.decode(latents / 0.18215)[0] / 2 + 0.5).clamp(0, 1)
        assert torch.allclose(model.decode(latents), pictures, atol=1e-5)
        assert torch.allclose(model.embed([PROMPT]), parts.text_encoder(tokens)[0], atol=1e-5)
    assert model.levels.prediction is Prediction.EPSILON
    assert float(model.levels.alphas[421]) == pytest.approx(0.3912, abs=1e-3)


@pytest.mark.parametrize("second", [False, True])
def test_stable_diffusions_own_shapes_are_recognised(second: bool) -> None:
    """1.5 and 2.1 as published, by their shapes alone."""
    parts = original_layout.real_parts(second)
    weights = original_layout.weights(parts, second)
    with torch.device("meta"):
        read = original_layout.Parts(
            single_file.unet(weights, torch.float16),
            single_file.vae(weights, torch.float16),
            single_file.text_encoder(weights, torch.float16),
        )
    for part in ("unet", "vae", "text_encoder"):
        expected, got = getattr(parts, part), getattr(read, part)
        shapes = {k: v.shape for k, v in expected.state_dict().items()}
        assert {k: v.shape for k, v in got.state_dict().items()} == shapes
        assert {v.dtype for k, v in got.state_dict().items() if "position_ids" not in k} == {torch.float16}
    heads = [5, 10, 20, 20] if second else 8
    assert read.unet.config.attention_head_dim == heads and read.unet.config.use_linear_projection is second
    assert read.text_encoder.config.num_attention_heads == (16 if second else 12)
    assert sum(p.numel() for p in read.unet.parameters()) == (865_910_724 if second else 859_520_964)


def test_the_text_layer_that_stable_diffusion_2_does_not_use_may_be_absent() -> None:
    """As in what diffusers' convert_diffusers_to_original_stable_diffusion.py writes."""
    parts = original_layout.real_parts(second=True)
    weights = original_layout.weights(parts, second=True)
    unused = [k for k in weights if ".resblocks.23." in k]
    shorter = {k: v for k, v in weights.items() if k not in unused}
    with torch.device("meta"):
        read = [single_file.text_encoder(each, torch.float16) for each in (weights, shorter)]
    assert unused and [model.config.num_hidden_layers for model in read] == [23, 23]


def test_the_tokenizer_that_ships_is_clips() -> None:
    """Token ids that were published with CLIP; Stable Diffusion 2 fills up with “!”."""
    tokens = single_file.tokenizer(second=False)("a photo of an astronaut riding a horse on mars").input_ids
    assert tokens == [49406, 320, 1125, 539, 550, 18376, 6765, 320, 4558, 525, 7496, 49407]
    filled = [single_file.tokenizer(s)("", padding="max_length", max_length=4).input_ids for s in (False, True)]
    assert filled == [[49406, 49407, 49407, 49407], [49406, 49407, 0, 0]]


def test_a_file_may_say_that_it_predicts_v(tmp_path: Path) -> None:
    parts = original_layout.parts(second=True)
    path = original_layout.save(tmp_path / "v.safetensors", parts, True, {"modelspec.prediction_type": "v"})
    assert models.load(str(path)).levels.prediction is Prediction.V


def learned(
    prediction: Prediction, loud: float = 1.0, second: bool = True
) -> tuple[UNet2DConditionModel, dict[str, torch.Tensor]]:
    """There are files for both, and most do not say which. Learned in a few steps."""
    parts = original_layout.parts(second, block_out_channels=(32, 32), attention_head_dim=(1, 1))
    weights = original_layout.weights(parts, second)
    network = parts.unet.requires_grad_(True)
    with torch.no_grad():
        network.conv_in.weight *= loud
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    for _ in range(12):
        noise, picture = torch.randn(4, 4, 8, 8), torch.randn(4, 4, 1, 1).expand(-1, -1, 8, 8)
        wanted = noise if prediction is Prediction.EPSILON else -picture
        optimiser.zero_grad()
        said = network(0.998 * noise + 0.068 * picture, torch.full((4,), 999), torch.zeros(4, 77, 64))[0]
        ((said - wanted) ** 2).mean().backward()
        optimiser.step()
    return network.requires_grad_(False), weights


@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize("prediction", list(Prediction))
def test_or_the_network_is_asked(prediction: Prediction, second: bool) -> None:
    network, weights = learned(prediction, second=second)
    assert single_file.predicts(weights, {}, network) == prediction.value


@pytest.mark.parametrize("prediction", list(Prediction))
def test_it_is_asked_in_full_precision_also_where_it_will_paint_in_half(prediction: Prediction) -> None:
    """What is too loud for half precision answers nothing at all there, and that is no v either."""
    network, weights = learned(prediction, loud=1e5)
    network = network.half()
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    assert single_file.predicts(weights, {}, network) == prediction.value
    assert all(torch.equal(weight, before[name]) for name, weight in network.state_dict().items())
    assert network.dtype is torch.float16


def test_a_network_that_answers_no_numbers_is_refused() -> None:
    network, weights = learned(Prediction.EPSILON)
    network.conv_out.weight[0] = torch.nan
    with pytest.raises(ValueError, match="no numbers"):
        single_file.predicts(weights, {}, network)


def test_what_a_file_lacks_is_said(tmp_path: Path) -> None:
    whole = original_layout.weights(original_layout.parts(second=False), second=False)
    path = tmp_path / "lone.safetensors"
    save_file({k: v for k, v in whole.items() if k.startswith("first_stage_model")}, path)
    assert refused(lambda: models.load(str(path))).message == f"“{path}” lacks its UNet and text encoder."
    save_file({k: v for k, v in whole.items() if "out.2" not in k and "middle_block.1.norm" not in k}, path)
    assert refused(lambda: models.load(str(path)))


def test_a_damaged_or_foreign_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.safetensors"
    path.write_bytes(b"not safetensors at all")
    assert "cannot be loaded" in refused(lambda: models.load(str(path))).message
    save_file({"lora_unet_mid_block.lora_up.weight": torch.zeros(2, 2)}, path)
    assert "an adapter" in refused(lambda: models.load(str(path))).hint
