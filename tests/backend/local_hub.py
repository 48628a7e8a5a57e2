"""A hub on this computer: one model over real HTTP, which tests can hold up, refuse and take off the net."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


class Hub:
    """Keeps what it was asked for. While it is not `going`, files come by half."""

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
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"hub": self}))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def as_a_company_shows_it(self) -> str:
        """Opened and closed again by a proxy, with a certificate that nobody else knows. Its file is returned."""
        pem = Path(__file__).with_name("company.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.address = self.address.replace("http:", "https:")
        return str(pem)

    def close(self) -> None:
        self.going.set()
        self.server.shutdown()
        self.server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers as the hub does; whose answers they are, each hub says in a class of its own."""

    hub: Hub

    def do_GET(self) -> None:
        self.hub.asked.append(self.path)
        for part, (status, why) in self.hub.refused.items():
            if part in self.path:
                self.send_response(status)
                self.send_header("X-Error-Code", why)
                return self.end_headers()
        if self.path.endswith("/auth-check"):
            return self.reply(b"{}", "application/json")
        if self.path.startswith("/api/models/maker/city/tree"):
            tree = [{"type": "file", "oid": "0", "path": f["rfilename"], **f} for f in self.hub.info["siblings"]]
            return self.reply(json.dumps(tree).encode(), "application/json")
        if self.path.startswith("/api/models/maker/city"):
            return self.reply(json.dumps(self.hub.info).encode(), "application/json")
        file = self.hub.repository / self.path.partition("/resolve/")[2].partition("/")[2]
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
        self.send_header("X-Repo-Commit", self.hub.COMMIT)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body[: len(body) // 2])
            if kind == "application/octet-stream":
                self.hub.halfway.set()
                self.hub.going.wait()
            with contextlib.suppress(BrokenPipeError):
                self.wfile.write(body[len(body) // 2 :])

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...


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
