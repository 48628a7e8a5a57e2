"""From a name to a model: pocket, a path, and what is downloaded from the hub."""

from __future__ import annotations

from pathlib import Path

import huggingface_hub
import local_hub
import miniature
import model_files
import original_layout
import pytest
from local_hub import Hub
from model_files import refused, same
from safetensors.torch import load_file, save_file

from backend import hub, models, single_file
from backend.api import Engine, ErrorCode

saved, city, folder = model_files.saved, model_files.city, model_files.folder
online = local_hub.online
ROOT = Path(__file__).resolve().parents[2]


# --- names


def test_pocket_is_the_model_that_ships() -> None:
    assert models.find("pocket") == ROOT / "backend" / "pocket" / "weights"


@pytest.mark.parametrize("name", ["no model", "/no/such/folder", "a/b/c", "", "../x y"])
def test_a_name_that_means_nothing_is_refused(name: str) -> None:
    assert refused(lambda: models.load(name)).message == f"There is no model “{name}”."


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("?")
    assert "is no model" in refused(lambda: models.load(str(tmp_path / "notes.txt"))).message


# --- what lies under a name


def marked(path: Path) -> str:
    return models.mark(Engine(str(path)))


PARTS_OF_A_FOLDER = ["unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model", "text_encoder/model"]


@pytest.mark.parametrize("part", PARTS_OF_A_FOLDER)
def test_a_model_that_was_trained_further_is_another(part: str, saved: Path, folder: Path) -> None:
    before = marked(folder)
    assert before == marked(saved), "a copy is the same"
    path = folder / f"{part}.safetensors"
    weights = load_file(path)
    last = max(weights)
    save_file({**weights, last: weights[last] + 0.01}, path, {"format": "pt"})
    assert marked(folder) != before


@pytest.mark.parametrize("note", ["scheduler/scheduler_config.json", "vae/config.json"])
def test_a_model_that_predicts_something_else_is_another(note: str, folder: Path) -> None:
    before = marked(folder)
    model_files.change(folder / note, prediction_type="v_prediction", scaling_factor=0.5)
    assert marked(folder) != before


@pytest.mark.parametrize("prefix", [single_file.UNET, single_file.VAE, single_file.CLIP])
def test_a_single_file_is_told_by_each_of_its_parts(prefix: str, tmp_path: Path) -> None:
    path = original_layout.save(tmp_path / "city.safetensors", original_layout.parts(second=False), second=False)
    before, weights = marked(path), load_file(path)
    last = max(name for name in weights if name.startswith(prefix))
    save_file({**weights, last: weights[last] + 0.01}, path)
    assert marked(path) != before


@pytest.mark.parametrize(
    "content", [b"", b"\x08", b"\xff" * 20, b"\x02" + bytes(7) + b"[]", b"\x02" + bytes(7) + b"{}"]
)
def test_a_damaged_file_has_a_mark_and_is_refused_when_it_is_loaded(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "city.safetensors"
    path.write_bytes(content)
    assert marked(path)
    refused(lambda: models.load(str(path)))


# --- what is downloaded


def test_a_hub_model_is_downloaded_once_and_only_when_that_is_allowed(online: Hub, tmp_path: Path) -> None:
    kept = tmp_path / "models"
    said = refused(lambda: models.load("maker/city", models=kept), ErrorCode.OFFLINE)
    assert said.message == "“maker/city” is not on this computer." and "Allow downloading" in said.hint
    assert online.asked == [], "and the hub was not asked"

    model = models.load("maker/city", models=kept, may_download=True)
    assert same(model.unet, miniature.pipeline().unet)
    assert not [p for p in online.asked if ".bin" in p or "fp16" in p or "safety" in p or "city.safetensors" in p]

    online.asked.clear()
    assert same(models.load("maker/city", models=kept, may_download=True).unet, model.unet)
    assert online.asked == [], "what is here is not asked for again"

    online.close()
    for may_download in (False, True):
        assert same(models.load("maker/city", models=kept, may_download=may_download).unet, model.unet)


def test_a_download_that_was_broken_off_is_completed(online: Hub, tmp_path: Path) -> None:
    models.load("maker/city", models=tmp_path / "models", may_download=True)
    (weights,) = (tmp_path / "models").rglob("vae/*.safetensors")
    weights.resolve().unlink()
    weights.unlink()
    assert "lacks its VAE" in refused(lambda: models.load("maker/city", models=tmp_path / "models")).message
    models.load("maker/city", models=tmp_path / "models", may_download=True)


def test_a_download_says_how_large_it_is(online: Hub) -> None:
    made = hub.offer("maker/city")
    assert made.size == sum((online.repository / f).stat().st_size for f in made.files)
    weights = [f for f in made.files if f.endswith(".safetensors")]
    assert sorted(weights) == [
        "text_encoder/model.safetensors",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
    ]


def only(online: Hub, *, without: str, there: str = "") -> None:
    """The hub tells of each file but those of one kind, and of one that it has in their place."""
    told = [f for f in online.info["siblings"] if without not in f["rfilename"] and not f["rfilename"].endswith(".bin")]
    online.info["siblings"] = [*told, *([{"rfilename": there, "size": 10}] if there else [])]


@pytest.mark.parametrize("downloaded", [False, True])
def test_what_could_not_be_loaded_is_not_offered_and_not_downloaded(
    online: Hub, tmp_path: Path, downloaded: bool
) -> None:
    """It would come in part, and be refused with the advice to download it again."""

    def act(name: str) -> object:
        return hub.folder(name, tmp_path / "models", may_download=True) if downloaded else hub.offer(name)

    only(online, without="unet/diffusion_pytorch_model", there="unet/diffusion_pytorch_model.bin")
    said = refused(lambda: act("maker/city"))
    assert said.message.startswith("On the hub “maker/city” has pickled weights only")
    assert "python -m backend convert" in said.hint and not [p for p in online.asked if "/resolve/" in p]

    only(online, without="unet/diffusion_pytorch_model")
    assert refused(lambda: act("maker/city")).message == "“maker/city” on the hub lacks its UNet."
    only(online, without="tokenizer/")
    assert refused(lambda: act("maker/city")).message == "“maker/city” on the hub lacks its UNet and tokenizer."


def test_what_the_hub_does_not_have_or_cannot_send_is_said(online: Hub, tmp_path: Path) -> None:
    said = refused(lambda: models.load("maker/nothing", models=tmp_path, may_download=True))
    assert said.message == "The hub shows no model “maker/nothing”." and "Look at its name" in said.hint
    online.info["siblings"] = [{"rfilename": "model.gguf", "size": 1}]
    assert "no diffusers model" in refused(lambda: hub.offer("maker/city")).message
    online.close()
    said = refused(lambda: hub.offer("maker/city"))
    assert said.message.startswith("The hub could not be asked about “maker/city” (")
    assert said.hint == "Look at the connection. Try again: what is here already is kept."


def test_behind_a_companys_proxy_its_certificate_is_asked_for_and_heeded(
    online: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = online.as_a_company_shows_it()
    monkeypatch.setenv("HF_ENDPOINT", online.address)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    huggingface_hub.close_session()
    said = refused(lambda: hub.offer("maker/city"))
    assert "CERTIFICATE_VERIFY_FAILED" in said.message
    assert said.hint == "Behind a company's proxy start Blender with SSL_CERT_FILE set to its certificate file."
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    huggingface_hub.close_session()
    assert hub.offer("maker/city").size
    huggingface_hub.close_session()
