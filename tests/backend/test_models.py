"""From a name to a loaded model: what is taken, and what is refused with a sentence that says why."""

from __future__ import annotations

import json
import os
import pickle
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import miniature
import original_layout
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from backend import convert, hub, layout, models, single_file
from backend.api import ErrorCode, Failure
from backend.models import Model
from backend.sampler import Prediction

ROOT = Path(__file__).resolve().parents[2]
PROMPT = "a neon painting of a city at night"


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return miniature.save(tmp_path_factory.mktemp("model") / "city")


@pytest.fixture(scope="module")
def city(saved: Path) -> Model:
    return models.load(str(saved))


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(saved, tmp_path / "city"))


def refused(act: Callable[[], object]) -> Failure:
    with pytest.raises(Failure) as failure:
        act()
    assert failure.value.code is ErrorCode.BAD_INPUT
    assert failure.value.message.endswith(".") and failure.value.hint
    assert "\n" not in failure.value.message
    return failure.value


def change(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def same(one: Any, other: Any) -> bool:
    """The same network: weights to the bit, and answers but for how the weights lie in memory."""
    mine, theirs = one.state_dict(), other.state_dict()
    bits = mine.keys() == theirs.keys() and all(torch.equal(v, theirs[k]) for k, v in mine.items())
    return bits and torch.allclose(answers(one), answers(other), atol=1e-5)


@torch.no_grad()
def answers(model: Any) -> Tensor:
    """What a UNet says to a fixed question: the same for the same weights."""
    dice = torch.Generator().manual_seed(0)
    x = torch.randn((1, 4, 8, 8), generator=dice).to(model.dtype)
    told = torch.randn((1, 77, model.config.cross_attention_dim), generator=dice).to(model.dtype)
    return model(x, 421, encoder_hidden_states=told, return_dict=False)[0]


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


def test_an_inpainting_model_is_refused(tmp_path: Path) -> None:
    path = original_layout.save(tmp_path / "inpaint.safetensors", original_layout.parts(False, in_channels=9), False)
    assert "inpainting" in refused(lambda: models.load(str(path))).message


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


@pytest.mark.parametrize("prediction", list(Prediction))
def test_or_the_network_is_asked(prediction: Prediction) -> None:
    """Stable Diffusion 2 is published for both, and its files do not say which. Learned in a few steps."""
    parts = original_layout.parts(second=True, block_out_channels=(32, 32), attention_head_dim=(1, 1))
    weights = original_layout.weights(parts, second=True)
    network = parts.unet.requires_grad_(True)
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    for _ in range(12):
        noise, picture = torch.randn(4, 4, 8, 8), torch.randn(4, 4, 1, 1).expand(-1, -1, 8, 8)
        wanted = noise if prediction is Prediction.EPSILON else -picture
        optimiser.zero_grad()
        said = network(0.998 * noise + 0.068 * picture, torch.full((4,), 999), torch.zeros(4, 77, 64))[0]
        ((said - wanted) ** 2).mean().backward()
        optimiser.step()
    assert single_file.predicts(weights, {}, network) == prediction.value


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


# --- pickled checkpoints


class Malice:
    """Unpickling this would run a command."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.mark}",)


def pickled(path: Path, **others: object) -> Path:
    weights = original_layout.weights(original_layout.parts(second=False), second=False)
    torch.save({"state_dict": weights, **others}, path)
    return path


def test_a_ckpt_is_refused_with_the_command_that_converts_it(tmp_path: Path) -> None:
    path = pickled(tmp_path / "a model.ckpt", global_step=470000, epoch=3)
    said = refused(lambda: models.load(str(path)))
    words = shlex.split(said.hint[said.hint.index("python -m") :])
    done = subprocess.run([sys.executable, *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    model = models.load(done.stdout.strip())
    assert same(model.unet, original_layout.parts(second=False).unet)


@pytest.mark.parametrize("modern", [True, False])
def test_a_checkpoint_that_brings_code_is_refused_and_its_code_not_run(modern: bool, tmp_path: Path) -> None:
    mark, path = tmp_path / "ran", tmp_path / "evil.ckpt"
    torch.save({"state_dict": {}, "x": Malice(mark)}, path, _use_new_zipfile_serialization=modern)
    said = refused(lambda: convert.convert(path))
    assert not modern or ("run code of its own" in said.message and "system" in said.message)
    assert not mark.exists()
    assert list(tmp_path.iterdir()) == [path], "and nothing is left behind"


def test_what_training_left_in_a_checkpoint_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stable Diffusion 1.4's own file holds a callback of pytorch_lightning, a package that is not even here."""
    module = type(sys)("pytorch_lightning.callbacks.model_checkpoint")
    kind = type("ModelCheckpoint", (), {"__module__": module.__name__})
    vars(module)["ModelCheckpoint"] = kind
    with monkeypatch.context() as there:
        for name in ("pytorch_lightning", "pytorch_lightning.callbacks"):
            there.setitem(sys.modules, name, type(sys)(name))
        there.setitem(sys.modules, module.__name__, module)
        left = kind()
        left.best = 0.5  # pyright: ignore[reportAttributeAccessIssue]
        path = pickled(tmp_path / "v1-4.ckpt", callbacks={kind: {"best_model_score": torch.ones(1)}}, other=left)
    (made,) = convert.convert(path, tmp_path / "made.safetensors")
    assert set(load_file(made)) == set(original_layout.weights(original_layout.parts(False), False))


def test_tensors_that_share_memory_are_each_written(tmp_path: Path) -> None:
    whole = torch.arange(12.0).reshape(3, 4)
    path = tmp_path / "shared.pt"
    torch.save({"all": whole, "again": whole, "turned": whole.T, "row": whole[1]}, path)
    read = load_file(convert.convert(path)[0])
    assert (
        torch.equal(read["again"], whole)
        and torch.equal(read["turned"], whole.T)
        and read["row"].tolist() == [4, 5, 6, 7]
    )


def test_a_folder_of_pickled_parts_is_converted_part_by_part(folder: Path) -> None:
    for part, name in {
        "unet": "diffusion_pytorch_model",
        "vae": "diffusion_pytorch_model",
        "text_encoder": "model",
    }.items():
        old = folder / part / f"{name}.safetensors"
        torch.save(load_file(old), folder / part / f"{'pytorch_' * (name == 'model')}{name}.bin")
        old.unlink()
    said = refused(lambda: models.load(str(folder)))
    assert "pickled" in said.message and convert.command(folder) in said.hint
    assert len(convert.convert(folder)) == 3
    assert same(models.load(str(folder)).unet, miniature.pipeline().unet)
    assert "nothing to convert" in refused(lambda: convert.convert(folder)).message


def test_what_cannot_be_converted_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.ckpt"
    assert "no pickled checkpoint" in refused(lambda: convert.convert(path)).message
    path.write_bytes(pickle.dumps({"a": 1}))
    refused(lambda: convert.convert(path))
    path.write_bytes(b"PK\x03\x04 but cut off")
    assert "cannot be read" in refused(lambda: convert.convert(path)).message
    torch.save({"state_dict": {}}, path)
    assert "holds no weights" in refused(lambda: convert.convert(path)).message


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path) -> None:
    path = pickled(tmp_path / "m.ckpt")
    with pytest.raises(Failure, match="cannot be written") as failure:
        convert.convert(path, tmp_path / "nowhere" / "m.safetensors")
    assert failure.value.code is ErrorCode.DISK


# --- prompts


def test_a_prompt_that_is_too_long_is_said_with_what_would_be_lost(city: Model) -> None:
    fits = " ".join(["city"] * 75)
    assert city.embed([fits]).shape == (1, 77, 32)
    said = refused(lambda: city.embed(["a city", f"{fits} at night"]))
    assert said.message == "The prompt has 77 tokens and the model reads 75: it would not see “at night”."


def test_a_tokenizer_that_does_not_know_its_length_is_held_to_the_encoders(folder: Path) -> None:
    change(folder / "tokenizer" / "tokenizer_config.json", model_max_length=10**30)
    assert models.load(str(folder)).length == 77


# --- names


def test_pocket_is_the_model_that_ships() -> None:
    assert models.find("pocket") == ROOT / "backend" / "pocket" / "weights"


@pytest.mark.parametrize("name", ["no model", "/no/such/folder", "a/b/c", "", "../x y"])
def test_a_name_that_means_nothing_is_refused(name: str) -> None:
    assert refused(lambda: models.load(name)).message == f"There is no model “{name}”."


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("?")
    assert "is no model" in refused(lambda: models.load(str(tmp_path / "notes.txt"))).message


class Hub:
    """The hub as far as it is asked: one model, over real HTTP. Keeps what it was asked for."""

    COMMIT = "0" * 40

    def __init__(self, repository: Path) -> None:
        self.repository, self.asked = repository, []
        files = sorted(str(p.relative_to(repository)) for p in repository.rglob("*") if p.is_file())
        self.info = {
            "id": "maker/city",
            "sha": self.COMMIT,
            "siblings": [{"rfilename": f, "size": (repository / f).stat().st_size} for f in files],
        }
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.asked.append(self.path)
                if self.path.startswith("/api/models/maker/city/tree"):
                    tree = [{"type": "file", "oid": "0", "path": f["rfilename"], **f} for f in hub.info["siblings"]]
                    return self.reply(json.dumps(tree).encode(), "application/json")
                if self.path.startswith("/api/models/maker/city"):
                    return self.reply(json.dumps(hub.info).encode(), "application/json")
                file = hub.repository / self.path.partition("/resolve/")[2].partition("/")[2]
                if not self.path.startswith("/maker/city/resolve/") or not file.is_file():
                    return self.send_error(404)
                return self.reply(file.read_bytes(), "application/octet-stream")

            def do_HEAD(self) -> None:
                self.do_GET()

            def reply(self, body: bytes, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("ETag", f'"{abs(hash(body)):x}"')
                self.send_header("X-Repo-Commit", hub.COMMIT)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def online(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A repository with what we do not want, too: pickled weights, half precision, pictures."""
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"pickle")
    (folder / "unet" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(b"half")
    (folder / "city.safetensors").write_bytes(b"everything once more")
    (folder / "safety_checker").mkdir()
    (folder / "safety_checker" / "model.safetensors").write_bytes(b"checker")
    made = Hub(folder)
    monkeypatch.setenv("HF_ENDPOINT", made.address)
    yield made
    made.close()


def test_a_hub_model_is_downloaded_once_and_only_when_that_is_allowed(online: Hub, tmp_path: Path) -> None:
    kept = tmp_path / "models"
    said = refused(lambda: models.load("maker/city", models=kept))
    assert said.message == "“maker/city” is not on this computer." and "Allow downloading" in said.hint
    assert online.asked == [], "and the hub was not asked"

    model = models.load("maker/city", models=kept, may_download=True)
    assert same(model.unet, miniature.pipeline().unet)
    assert not [p for p in online.asked if ".bin" in p or "fp16" in p or "safety" in p or "city.safetensors" in p]

    online.close()
    assert same(models.load("maker/city", models=kept).unet, model.unet)


def test_a_download_says_how_large_it_is(online: Hub) -> None:
    made = hub.offer("maker/city")
    assert made.size == sum((online.repository / f).stat().st_size for f in made.files)
    weights = [f for f in made.files if f.endswith(".safetensors")]
    assert sorted(weights) == [
        "text_encoder/model.safetensors",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
    ]


def test_what_the_hub_does_not_have_or_cannot_send_is_said(online: Hub, tmp_path: Path) -> None:
    said = refused(lambda: models.load("maker/nothing", models=tmp_path, may_download=True))
    assert "“maker/nothing” could not be downloaded" in said.message
    online.info["siblings"] = [{"rfilename": "model.gguf", "size": 1}]
    assert "no diffusers model" in refused(lambda: hub.offer("maker/city")).message
    online.close()
    assert "could not be downloaded" in refused(lambda: hub.offer("maker/city")).message
