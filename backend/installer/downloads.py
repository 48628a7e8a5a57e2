"""Fetches what pip has decided on, and goes on where a broken download stopped: a wheel of torch has gigabytes.

`python -m backend.installer.downloads REPORT FOLDER`, with what `pip install --dry-run --report REPORT` wrote."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from ..frozen import frozen

PART = ".part"
CHUNK = 1 << 18
PATIENCE = 30.0  # seconds for the server to go on
ATTEMPTS = 5  # without a byte in between
SAY = 0.25  # seconds between two lines about the progress


class Spoilt(Exception):
    """What came is not what its hash promised."""


class Broken(Exception):
    """The connection broke. What came before stays, and is gone on from."""


class Unreached(Broken):
    """Nothing came at all. pip has settings that we do not know: a proxy, certificates."""


@frozen
class Wanted:
    url: str
    sha256: str  # '' where the server tells none

    @property
    def name(self) -> str:
        return unquote(urlsplit(self.url).path.rpartition("/")[2])


def main(report: Path, folder: Path) -> int:
    for wanted in wanted_in(report):
        if not (folder / wanted.name).exists():
            try:
                fetch(wanted, folder)
            except urllib.error.HTTPError as error:  # a server that wants a password, say: pip knows such things
                print(f"{wanted.name}: {error}; left to pip", flush=True)
            except Unreached as error:  # and so would be the others, after as long a wait
                print(f"{wanted.name}: {error}; left to pip, with all that is still missing", flush=True)
                break
    return 0


def wanted_in(report: Path) -> list[Wanted]:
    """What has to be fetched: packages in local folders are where they should be."""
    return [
        Wanted(info["url"], info.get("archive_info", {}).get("hashes", {}).get("sha256", ""))
        for info in _infos(report)
        if info["url"].startswith(("http://", "https://")) and "archive_info" in info
    ]


def sources(report: Path, folder: Path) -> tuple[str, ...]:
    """Where pip shall take the files from: from nowhere else, if all are here, since it prefers to download again."""
    local = {str(Path(url2pathname(urlsplit(info["url"]).path)).parent) for info in _infos(report, "file:")}
    links = [option for place in (str(folder), *sorted(local)) for option in ("--find-links", place)]
    whole = all((folder / wanted.name).exists() for wanted in wanted_in(report))
    return ("--no-index", *links) if whole else tuple(links)


def _infos(report: Path, scheme: str = "") -> list[dict[str, Any]]:
    items = json.loads(report.read_text(encoding="utf-8"))["install"]
    return [item["download_info"] for item in items if item["download_info"]["url"].startswith(scheme)]


def fetch(wanted: Wanted, folder: Path) -> None:
    part = folder / (wanted.name + PART)
    print(f"Downloading {wanted.name}", flush=True)
    failures, had, before = 0, -1, _size(part)
    while True:
        try:
            _go_on(wanted, part)
            break
        except (Broken, Spoilt) as error:
            size = _size(part)
            failures = failures + 1 if size <= had else 1
            had = max(had, size)
            if failures == ATTEMPTS:
                if isinstance(error, Broken) and size == before:
                    raise Unreached(*error.args) from error
                raise
            print(f"{wanted.name}: {error}; going on", flush=True)
            time.sleep(0.5 * failures)
    part.replace(folder / wanted.name)


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _go_on(wanted: Wanted, part: Path) -> None:
    have = _size(part)
    request = urllib.request.Request(wanted.url, headers={"Range": f"bytes={have}-"} if have else {})
    trusted = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or None)
    try:
        with _connected():
            opened = urllib.request.urlopen(request, timeout=PATIENCE, context=trusted)
        with opened as answer:
            if answer.status != http.client.PARTIAL_CONTENT:
                have = 0  # a server that cannot go on begins anew
            _receive(answer, part, have)
    except urllib.error.HTTPError as error:
        if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
    if wanted.sha256 and _sha256(part) != wanted.sha256:
        part.unlink()
        raise Spoilt("what came is not what its hash promised")


@contextlib.contextmanager
def _connected() -> Iterator[None]:
    """Told apart from errors of the disk here, where only the network is asked: by their numbers they cannot be, and
    one of TLS has that of a forbidden file."""
    try:
        yield
    except urllib.error.HTTPError:
        raise
    except (OSError, http.client.HTTPException) as error:
        raise Broken(f"the connection broke: {error}") from error


def _receive(answer: http.client.HTTPResponse, part: Path, have: int) -> None:
    size = have + int(answer.headers.get("Content-Length") or 0)
    said = 0.0
    with part.open("r+b" if have else "wb") as file:
        file.seek(have)
        while True:
            with _connected():
                chunk = answer.read(CHUNK)
            if not chunk:
                break
            file.write(chunk)
            have += len(chunk)
            if time.monotonic() - said > SAY or have == size:
                said = time.monotonic()
                print(f"Progress {have} of {size}", flush=True)
    if have < size:
        raise Broken(f"the connection broke after {have} of {size} bytes")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
