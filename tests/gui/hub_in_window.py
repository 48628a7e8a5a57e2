"""A model of the hub in a real window: `tests/gui/run tests/gui/hub_in_window.py`.

How large it is is asked by a click, and stands on the button that downloads it; what the hub refuses stands below."""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(importlib.import_module("bl_ext.local.steady_diffusion").__path__[0]).resolve()
sys.path[:0] = [str(ROOT / "tests" / "gui"), str(ROOT / "tests" / "host")]
shared = importlib.import_module("window")
listing = importlib.import_module("hub_listing").listing
window, room = shared.Window(globals()), shared.room
PICTURES = shared.PICTURES
LONG = 300  # seconds that a busy machine may take


class Hub(BaseHTTPRequestHandler):
    """One model, as far as it is asked for."""

    def do_GET(self) -> None:
        body = json.dumps(listing()).encode()
        self.send_response(200 if self.path.startswith("/api/models/maker/city?") else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...


def ask(strip: Any, model: str) -> Iterator[None]:
    strip.steady.model = model
    window.press(bpy.ops.steady.model_size, model=model)
    job = room("session").current.jobs[-1]
    yield from window.until(lambda: job.finished, LONG)
    yield from window.wait(1.0)
    window.override()["area"].tag_redraw()


def steps(folder: Path) -> Iterator[None]:
    hub = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    os.environ["HF_ENDPOINT"] = f"http://127.0.0.1:{hub.server_port}"
    shared.prefer(folder)
    strip = shared.small_drive(folder, 8)
    strip.steady.model = "maker/city"
    shared.open_panels("restyle")
    window.begin()
    yield from window.wait(1.0)
    yield from window.open_sidebar()
    bpy.context.preferences.system.use_online_access = False
    yield from window.picture(PICTURES / "60-hub-offline.png")
    bpy.context.preferences.system.use_online_access = True
    yield from window.picture(PICTURES / "61-hub.png")
    yield from ask(strip, "maker/city")
    assert room("operators.models").size_of("maker/city") == 2_400_000_000
    yield from window.picture(PICTURES / "62-hub-size.png")
    yield from ask(strip, "maker/none")
    assert room("operators.models").size_of("maker/none") is None
    yield from window.picture(PICTURES / "63-hub-refused.png")
    hub.shutdown()


window.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
