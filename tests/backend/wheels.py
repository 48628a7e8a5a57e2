"""Tiny packages, made on the spot, and a package server that can be slow: what an installation needs but gigabytes."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

CHUNK = 65536
ROOT = Path(__file__).resolve().parents[2]


def make_wheel(
    folder: Path, name: str, version: str, code: str = "", *, needs: Iterable[str] = (), padding: int = 0
) -> Path:
    """A wheel with one module of the package's name; `padding` bytes that do not compress make it large."""
    module, info = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(
        f"Requires-Dist: {need}\n" for need in needs
    )
    files: dict[str, bytes] = {
        f"{module}/__init__.py": code.encode(),
        f"{module}/padding.bin": bytes(padding),
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    return _pack(folder / f"{module}-{version}-py3-none-any.whl", files, info)


def repack_pip(folder: Path) -> Path:
    """The wheel of the pip that .venv-backend has, so that no test needs the network."""
    site = next((ROOT / ".venv-backend").glob("lib/python3.*/site-packages"))
    info = next(site.glob("pip-*.dist-info"))
    written = {"RECORD", "INSTALLER", "REQUESTED"}
    names = [line.split(",")[0] for line in (info / "RECORD").read_text().splitlines()]
    kept = [n for n in names if not n.startswith("..") and not n.endswith(".pyc") and Path(n).name not in written]
    version = info.name.removesuffix(".dist-info")
    return _pack(folder / f"{version}-py3-none-any.whl", {n: (site / n).read_bytes() for n in kept}, info.name)


def _pack(path: Path, files: dict[str, bytes], info: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
        lines = [f"{name},{_hash(content)},{len(content)}\n" for name, content in files.items()]
        wheel.writestr(f"{info}/RECORD", "".join([*lines, f"{info}/RECORD,,\n"]))
    return path


def _hash(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


class Server:
    """A package index over a folder of wheels on this computer's own network. It goes on where it is asked to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sent: Counter[str] = Counter()  # bytes of each package's wheel
        self.bytes_per_second = 0  # 0: as fast as it goes
        self.breaks_after = 0  # bytes after which it hangs up; 0: never
        self.spoilt = False  # what it sends is not what its hashes say
        handler = type("Handler", (_Handler,), {"index": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/simple"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    index: Server

    def do_GET(self) -> None:
        kind, _, name = urlsplit(self.path).path.strip("/").partition("/")  # whole addresses are a proxy's
        if kind == "simple":
            links = [_link(wheel) for wheel in self.index.folder.glob(f"{name.replace('-', '_')}-*.whl")]
            self._answer(f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode(), "text/html")
        elif name.endswith(".metadata"):
            self._answer(_metadata(self.index.folder / name.removesuffix(".metadata")), "text/plain")
        else:
            self._send_wheel(name)

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send_wheel(self, name: str) -> None:
        content = (self.index.folder / name).read_bytes()
        content = content[::-1] if self.index.spoilt else content
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        if start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        end = start + self.index.breaks_after if self.index.breaks_after else len(content)
        for place in range(start, min(end, len(content)), CHUNK):
            try:
                self.wfile.write(content[place : place + CHUNK])
            except OSError:  # the one who asked was killed
                return
            self.index.sent[name.split("-")[0]] += len(content[place : place + CHUNK])
            if self.index.bytes_per_second:
                time.sleep(CHUNK / self.index.bytes_per_second)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


def _link(wheel: Path) -> str:
    whole, told = (hashlib.sha256(content).hexdigest() for content in (wheel.read_bytes(), _metadata(wheel)))
    return f'<a href="/files/{wheel.name}#sha256={whole}" data-core-metadata="sha256={told}">{wheel.name}</a>\n'


def _metadata(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA")))
