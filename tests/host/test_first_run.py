"""What the tab says before anything is there: what is missing, how large it is, where it goes, and the switches."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import pytest
from backends import PYTHON, prefer, tick_until
from hub_listing import listing


class Said:
    """What a panel says and offers."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.offered: list[str] = []
        self.scale_y = 1.0

    def column(self, **_: Any) -> Said:
        return self

    row = box = column

    def label(self, text: str, **_: Any) -> None:
        self.words.append(text)

    def operator(self, name: str, **_: Any) -> Any:
        self.offered.append(name)
        return SimpleNamespace()

    def menu(self, *_: Any, **__: Any) -> None:
        pass

    def prop(self, data: Any, name: str, **_: Any) -> None:
        self.offered.append(name)

    @property
    def text(self) -> str:
        return " ".join(self.words)


@pytest.fixture
def chosen(scene: Any, tmp_path: Path) -> Any:
    made = prefer(tmp_path)
    made.backend_python = ""
    yield made
    prefer(tmp_path)


@pytest.fixture
def online() -> Any:
    system = bpy.context.preferences.system
    before = system.use_online_access
    yield lambda on: setattr(system, "use_online_access", on)
    system.use_online_access = before


def test_with_no_backend_there_is_one_button_that_says_how_large_and_where(
    chosen: Any, room: Any, online: Any, tmp_path: Path
) -> None:
    installation, layout = room("panels.installation"), Said()
    assert installation.STEADY_PT_install.poll(bpy.context)
    online(True)
    installation.draw(layout)
    assert "3 GB and more where torch can use an NVIDIA card, or on Linux an AMD one" in layout.text
    assert "0.4 GB" in layout.text and "It goes into “" in layout.text
    assert str(tmp_path)[:12] in layout.text
    assert layout.offered == ["steady.install_backend"]
    assert layout.scale_y > 1.0


def test_offline_it_says_so_and_has_the_switch(chosen: Any, room: Any, online: Any) -> None:
    layout = Said()
    online(False)
    room("panels.installation").draw(layout)
    assert "Blender may not go online yet" in layout.text
    assert layout.offered[0] == "use_online_access" or "--offline-mode" in layout.text


def test_what_another_version_left_is_said_once_it_is_counted(chosen: Any, room: Any, online: Any) -> None:
    installation, environment, aside = map(
        room, ("panels.installation", "backend.installer.environment", "panels.aside")
    )
    data, layout = room("preferences").data_folder(chosen), Said()
    online(True)
    installation.draw(layout)
    assert "other versions" not in layout.text
    for name, complete in (("backend-0.0.1", True), ("backend-0.0.2", False)):
        record = environment.Record(complete, False, "older", "/nowhere", "3.11", "cpu", "", "", 1_540_000_000)
        (data / name).mkdir(parents=True)
        environment.write_record(data / name, record)
    (data / "backend-0.0.2" / "half").write_bytes(bytes(20_000_000))
    installation.draw(layout)
    assert "other versions" not in layout.text, "drawing counts nothing"
    aside.take_in(wait=True)
    installation.draw(layout)
    assert "What other versions of Steady Diffusion installed takes 1.6 GB." in layout.text
    assert "Another Blender may use it." in layout.text, "the data folder is for all of them"
    assert layout.offered[-1] == "steady.remove_backend"


def test_a_model_is_here_once_nothing_of_it_is_missing(chosen: Any, room: Any) -> None:
    """A download that is cancelled leaves its small files, and the button stays."""
    restyle = room("panels.restyle")
    kept = room("preferences").models_folder(chosen) / "models--maker--city"
    snapshot = kept / "snapshots" / ("0" * 40)
    parts = {
        "scheduler": ["scheduler_config.json"],
        "tokenizer": ["vocab.json", "merges.txt"],
        "text_encoder": ["config.json", "model.safetensors"],
        "unet": ["config.json", "diffusion_pytorch_model.safetensors"],
        "vae": ["config.json", "diffusion_pytorch_model.safetensors"],
    }
    assert not restyle.is_here("maker/city")
    for part, names in parts.items():
        (snapshot / part).mkdir(parents=True)
        for name in names:
            assert not restyle.is_here("maker/city"), (part, name)
            (snapshot / part / name).write_text("{}")
    assert not restyle.is_here("maker/city"), "which of the snapshots counts is not said"
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("0" * 40)
    assert restyle.is_here("maker/city")
    (snapshot / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    assert not restyle.is_here("maker/city")
    (kept / "refs" / "main").write_text("1" * 40)
    assert not restyle.is_here("maker/city"), "a newer one has only begun to come"


@pytest.fixture
def hub(chosen: Any, room: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A hub with one model, over real HTTP: what it was asked for. The backend is the tests' own."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            known = self.path.startswith("/api/models/maker/city")
            body = json.dumps(listing()).encode()
            self.send_response(200 if known else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(room("session").current, "sizes", {})
    chosen.backend_python = str(PYTHON)
    yield asked
    room("session").current.close()
    server.shutdown()
    server.server_close()


def box_of(room: Any, model: str) -> Said:
    layout = Said()
    room("panels.restyle").STEADY_PT_restyle._download(SimpleNamespace(), layout, model)
    return layout


def test_how_large_any_model_is_is_asked_by_a_click_before_it_can_be_downloaded(
    hub: list[str], room: Any, online: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    online(True)
    box = box_of(room, "maker/city")
    assert box.offered == ["steady.model_size"] and "on this computer yet. It goes into" in box.text
    assert hub == [], "drawing asks nobody"
    assert bpy.ops.steady.model_size(model="maker/city") == {"FINISHED"}
    assert "To download “maker/city” takes 2.4 GB." in capfd.readouterr().out
    assert "/api/models/maker/city?blobs=true" in hub and not [path for path in hub if "/resolve/" in path]
    box = box_of(room, "maker/city")
    assert box.offered == ["steady.download_model"] and "on this computer yet: about 2.4\u00a0GB." in box.text
    assert box_of(room, "maker/other").offered == ["steady.model_size"]
    with pytest.raises(RuntimeError, match="The hub shows no model “maker/other”"):
        bpy.ops.steady.model_size(model="maker/other")
    assert "The hub shows no model “maker/other”." in box_of(room, "maker/other").text


def test_a_click_in_the_menu_downloads_nothing_whose_size_nobody_has_said(
    hub: list[str], room: Any, online: Any
) -> None:
    online(True)
    models, before, told = room("operators.models"), len(room("session").current.jobs), []
    clicked = SimpleNamespace(wanted=lambda _: "maker/village", report=lambda level, text: told.append(text))
    assert models.STEADY_OT_download_model.invoke(clicked, bpy.context, None) == {"CANCELLED"}
    assert told == ["How large “maker/village” is has not been asked yet."]
    assert len(room("session").current.jobs) == before and hub == []
    assert models.wanted_by(None) == "stable-diffusion-v1-5/stable-diffusion-v1-5"


@pytest.mark.parametrize("operator", ["model_size", "download_model"])
def test_the_hub_is_not_asked_while_blender_is_offline(hub: list[str], room: Any, online: Any, operator: str) -> None:
    online(False)
    assert not getattr(bpy.ops.steady, operator).poll()
    offered = box_of(room, "maker/city").offered
    assert offered[0] == "use_online_access" or bpy.app.online_access_override
    online(True)
    models, session = room("operators.models"), room("session").current
    job = getattr(models, f"STEADY_OT_{operator}").begin(
        SimpleNamespace(model="maker/city", bl_label="Ask", wanted=lambda _: "maker/city"), bpy.context
    )
    session.enqueue(job)
    online(False)  # while it waits for its turn
    tick_until(session, lambda: job.finished)
    assert job.failure.message == "Blender is offline."
    assert hub == []


def test_without_a_card_it_says_what_is_slow_and_offers_the_small_model(
    chosen: Any, room: Any, media: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import media as making

    monkeypatch.setattr(room("session").current, "_machine", None)  # that of an earlier test's backend
    restyle, environment = room("panels.restyle"), room("backend.installer.environment")
    strip = making.add_images(bpy.context.scene.sequence_editor, media.images(2))
    folder = environment.backend_folder(room("preferences").data_folder(chosen))

    def said() -> Said:
        layout = Said()
        panel = SimpleNamespace(_download=lambda *_: None)
        restyle.STEADY_PT_restyle._what(panel, layout, strip.steady)
        return layout

    assert "steady.use_pocket" not in said().offered, "nothing is known yet"
    record = environment.Record(True, False, "", "", "3.11", "cpu", "No card.", "", 1)
    environment.write_record(folder, record)
    assert "steady.use_pocket" in said().offered and "take hours" in said().text
    environment.write_record(folder, environment.Record(True, False, "", "", "3.11", "cu130", "", "", 1))
    assert "steady.use_pocket" not in said().offered
    strip.steady.model = "pocket"
    assert "steady.use_pocket" not in said().offered
