"""Where pip comes from when this Python has none: Debian's has no ensurepip, and with it the Blender of Debian."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urljoin, urlparse

from .. import disk
from ..api import ErrorCode, Failure
from . import pip_run

PIP = "pip==26.3"  # old ones have no raw progress, and do not take up a broken download
NAME = f"{PIP.replace('==', '-')}-py3-none-any.whl"
PATIENCE = 30.0  # seconds for the server to say something


def local_folders(links: str) -> list[Path]:
    """The folders among what PIP_FIND_LINKS names: paths and file: addresses, with spaces between them."""
    paths = [unquote(urlparse(link).path) if link.startswith("file:") else link for link in links.split()]
    return [Path(path) for path in paths if Path(path).is_dir()]


def find(settings: Mapping[str, str] = os.environ) -> Path | None:
    """The wheel in a local folder that pip was told of."""
    folders = local_folders(settings.get("PIP_FIND_LINKS", ""))
    return next((folder / NAME for folder in folders if (folder / NAME).is_file()), None)


def fetch(into: Path, settings: Mapping[str, str] = os.environ) -> Path:
    """Download the wheel from the package server that pip would ask, and check it against the server's own hash."""
    import http.client  # late: Blender reads this in at every start, and seldom installs

    index = settings.get("PIP_INDEX_URL") or "https://pypi.org/simple"
    try:
        page = _read(f"{index.rstrip('/')}/pip/", settings).decode()
        link = re.search(rf'href="([^"#]*{re.escape(NAME)})(?:#sha256=([0-9a-f]+))?"', page)
        content = _read(urljoin(f"{index.rstrip('/')}/pip/", link[1]), settings) if link else b""
    except (OSError, http.client.HTTPException) as error:
        known = pip_run.cause(f"{type(error).__name__}: {error}")
        message = known.message if known else "The package server could not be reached."
        hint = known.hint if known else "Look at the network and install again."
        raise Failure(ErrorCode.BAD_INPUT, message, f"{hint} It said “{error}”.") from error
    if link is None or (link[2] and hashlib.sha256(content).hexdigest() != link[2]):
        raise Failure(
            ErrorCode.BAD_INPUT, f"The package server has no sound {PIP}.", "Look at the network and install again."
        )
    disk.make_folder(into)
    disk.write(into / NAME, content)
    return into / NAME


def _read(url: str, settings: Mapping[str, str]) -> bytes:
    import ssl
    import urllib.request

    trusted = ssl.create_default_context(cafile=settings.get("PIP_CERT") or None)
    with urllib.request.urlopen(url, timeout=PATIENCE, context=trusted) as answer:
        return answer.read()
