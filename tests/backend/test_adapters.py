"""What tuning changes of a model: it can be put on, it comes off without a trace, and what does not fit is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import miniature
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from safetensors.torch import load_file, save_file
from torch import Tensor

from backend import adapters, models, tuning
from backend.api import Failure, Method, Painting, Recipe
from backend.models import Model
from backend.tuning import Tuning

METHODS = list(Method)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return miniature.save(tmp_path_factory.mktemp("model"))


@pytest.fixture
def model(saved: Path) -> Model:
    return models.load(str(saved))


def said(model: Model) -> Tensor:
    x = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        return model.unet(x, 300, encoder_hidden_states=torch.ones(2, 77, 32), return_dict=False)[0]


def note(model: Model, method: Method) -> Tuning:
    painting = Painting(strength=0.45, steps=50, guidance=1.0, seed=0)
    base = adapters.base_of(model.unet)
    return Tuning("made", model.name, base, Recipe(method=method), painting, 0, (421,), ("a red car",), 5, 0.1, 1.0)


def tuned(model: Model, folder: Path, method: Method) -> Tensor:
    """Something learned at random, kept in the folder; what the model says with it."""
    made = note(model, method)
    with adapters.learning(model.unet, method, rank=4, seed=1) as learned:
        with torch.no_grad():
            for parameter in learned.values():
                parameter += 0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(2))
        adapters.save(folder, method, learned, made.base, torch.float32)
        answer = said(model)
    tuning.write(folder, made)
    return answer


def loaded_again(model: Model) -> Model:
    return models.load(model.name)


def refusal(model: Model, folder: Path) -> str:
    before = said(model)
    with pytest.raises(Failure) as caught, adapters.applied(model, folder):
        pass
    assert torch.equal(said(model), before), "what was refused must leave nothing behind"
    assert caught.value.hint
    return caught.value.message


@pytest.mark.parametrize("method", METHODS)
def test_what_was_learned_comes_back_and_goes_without_a_trace(model: Model, tmp_path: Path, method: Method) -> None:
    answer = tuned(model, tmp_path / "tune", method)
    fresh = loaded_again(model)
    names, before = list(fresh.unet.state_dict()), said(fresh)
    with adapters.applied(fresh, tmp_path / "tune") as known:
        assert known.recipe.method is method
        assert torch.allclose(said(fresh), answer, atol=1e-5)
        assert not torch.allclose(said(fresh), before, atol=1e-2)
    assert torch.equal(said(fresh), before)
    assert list(fresh.unet.state_dict()) == names


def test_learning_a_lora_leaves_the_model_as_it_was(model: Model, tmp_path: Path) -> None:
    names, before = list(model.unet.state_dict()), said(model)
    tuned(model, tmp_path, Method.LORA)
    assert list(model.unet.state_dict()) == names
    assert torch.equal(said(model), before)
    assert not any(p.requires_grad for p in model.unet.parameters())


def test_an_error_while_rendering_gives_the_model_back_too(model: Model, tmp_path: Path) -> None:
    tuned(model, tmp_path, Method.LORA)
    before = said(model)
    with pytest.raises(RuntimeError, match="out of memory"), adapters.applied(model, tmp_path):
        raise RuntimeError("out of memory")
    assert torch.equal(said(model), before)


def test_a_lora_begins_as_the_model_itself_and_by_its_seed(model: Model) -> None:
    before, begun = said(model), []
    for seed in (1, 1, 2):
        with adapters.learning(model.unet, Method.LORA, rank=4, seed=seed) as learned:
            assert torch.equal(said(model), before)
            begun.append({name: p.detach().clone() for name, p in learned.items()})
    assert all(torch.equal(begun[0][n], begun[1][n]) for n in begun[0])
    assert not all(torch.equal(begun[0][n], begun[2][n]) for n in begun[0])


def test_a_lora_loads_in_a_pipeline_of_diffusers(model: Model, tmp_path: Path) -> None:
    answer = tuned(model, tmp_path, Method.LORA)
    pipeline = StableDiffusionPipeline.from_pretrained(model.name)
    pipeline.load_lora_weights(str(tmp_path), weight_name=tuning.ADAPTER)
    assert torch.allclose(said(replace(model, unet=pipeline.unet)), answer, atol=1e-5)


def test_a_model_is_known_by_its_weights_in_any_precision(model: Model, tmp_path: Path) -> None:
    base = adapters.base_of(model.unet)
    assert adapters.base_of(models.load(model.name, dtype=torch.float16).unet) == base
    other = models.load(str(miniature.save(tmp_path / "other", seed=1)))
    assert adapters.base_of(other.unet) != base
    assert adapters.base_of(models.load("pocket").unet) != base
    merged = models.load(model.name).unet
    attention = dict(merged.named_parameters())[
        next(n for n, _ in merged.named_parameters() if n.endswith(".to_k.weight"))
    ]
    with torch.no_grad():
        attention += 0.01  # as where a LoRA of attention was merged into the checkpoint
    assert adapters.base_of(merged) != base


# --- what does not fit


def test_a_folder_without_a_tuning_is_refused(model: Model, tmp_path: Path) -> None:
    assert refusal(model, tmp_path) == f"“{tmp_path}” holds no tuning."


@pytest.mark.parametrize("method", METHODS)
def test_the_tuning_of_another_model_is_refused(model: Model, tmp_path: Path, method: Method) -> None:
    tuned(model, tmp_path, method)
    other = models.load(str(miniature.save(tmp_path / "other", seed=1)))
    assert refusal(other, tmp_path).endswith(f"and the weights of “{other.name}” are others.")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("left", [0, 5, 2000])
def test_a_damaged_file_is_refused(model: Model, tmp_path: Path, method: Method, left: int) -> None:
    tuned(model, tmp_path, method)
    path = tuning.weights_path(tmp_path, method)
    path.write_bytes(path.read_bytes()[:left])
    assert f"“{path}” is damaged" in refusal(loaded_again(model), tmp_path)


@pytest.mark.parametrize("method", METHODS)
def test_a_missing_file_is_refused(model: Model, tmp_path: Path, method: Method) -> None:
    tuned(model, tmp_path, method)
    tuning.weights_path(tmp_path, method).unlink()
    assert refusal(loaded_again(model), tmp_path).endswith("is missing.")


def test_a_damaged_note_is_refused(model: Model, tmp_path: Path) -> None:
    tuned(model, tmp_path, Method.LORA)
    (tmp_path / tuning.TUNED).write_text("{", encoding="utf-8")
    assert "is damaged" in refusal(model, tmp_path)


@pytest.mark.parametrize("method", METHODS)
def test_weights_from_elsewhere_are_refused(model: Model, tmp_path: Path, method: Method) -> None:
    """Such as a LoRA from the internet that was copied over ours."""
    tuned(model, tmp_path, method)
    path = tuning.weights_path(tmp_path, method)
    save_file(load_file(path), path)
    assert "does not fit the model" in refusal(loaded_again(model), tmp_path)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("change", ["name", "shape"])
def test_weights_of_other_names_or_shapes_are_refused(
    model: Model, tmp_path: Path, method: Method, change: str
) -> None:
    tuned(model, tmp_path, method)
    path = tuning.weights_path(tmp_path, method)
    weights = load_file(path)
    last = max(weights)
    weight = weights.pop(last)
    weights[last if change == "shape" else "unet.sub" + last] = weight[:-1] if change == "shape" else weight
    save_file(weights, path, {"base": adapters.base_of(loaded_again(model).unet)})
    assert "does not fit the model" in refusal(loaded_again(model), tmp_path)
