"""From a name to a model: pocket, a path, and what is downloaded from the hub."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import miniature
import model_files
import original_layout
import pytest
from model_files import refused, same
from safetensors.torch import load_file, save_file

from backend import hub, models, single_file
from backend.api import Engine, ErrorCode

saved, city, folder = model_files.saved, model_files.city, model_files.folder
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


class Hub:
    """The hub as far as it is asked: one model, over real HTTP. Keeps what it was asked for. While it is not `going`,
    files come by half."""

    COMMIT = "0" * 40

    def __init__(self, repository: Path) -> None:
        self.repository, self.asked = repository, []
        self.going, self.halfway = threading.Event(), threading.Event()
        self.going.set()
        self.refused: dict[str, tuple[int, str]] = {}  # what is asked for, and how: a status, and the hub's own word
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
                for part, (status, why) in hub.refused.items():
                    if part in self.path:
                        self.send_response(status)
                        self.send_header("X-Error-Code", why)
                        return self.end_headers()
                if self.path.endswith("/auth-check"):
                    return self.reply(b"{}", "application/json")
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
                    self.wfile.write(body[: len(body) // 2])
                    if kind == "application/octet-stream":
                        hub.halfway.set()
                        hub.going.wait()
                    with contextlib.suppress(BrokenPipeError):
                        self.wfile.write(body[len(body) // 2 :])

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.going.set()
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


def test_what_the_hub_does_not_have_or_cannot_send_is_said(online: Hub, tmp_path: Path) -> None:
    said = refused(lambda: models.load("maker/nothing", models=tmp_path, may_download=True))
    assert said.message == "The hub shows no model “maker/nothing”." and "Look at its name" in said.hint
    online.info["siblings"] = [{"rfilename": "model.gguf", "size": 1}]
    assert "no diffusers model" in refused(lambda: hub.offer("maker/city")).message
    online.close()
    said = refused(lambda: hub.offer("maker/city"))
    assert said.message.startswith("The hub could not be asked about “maker/city” (")
    assert said.hint == "Look at the connection. Try again: what is here already is kept."
