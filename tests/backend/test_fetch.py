"""The download of a model by a button: whole, counted, cancelled, and refused in words."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import left_behind
import local_hub
import model_files
import pytest
import studies
from local_hub import Hub
from model_files import refused
from patience import LONG, promise
from test_server import HELLO, Backend

from backend import api, commands, hub, wire
from backend.jobs import Job
from backend.space import in_words
from backend.stages import fetch

saved, city, folder = model_files.saved, model_files.city, model_files.folder
online = local_hub.online
ROOT = Path(__file__).resolve().parents[2]


def fetched(models: Path, name: str = "maker/city", events: list[Any] | None = None) -> api.Fetched:
    job = Job(1, lambda event, blobs: (events if events is not None else []).append(event))
    return fetch.fetch(api.FetchModel(name, str(models)), [], job)


def test_a_model_is_downloaded_and_what_is_here_is_not_again(online: Hub, tmp_path: Path) -> None:
    events: list[Any] = []
    made = fetched(tmp_path / "models", events=events)
    assert made.size == hub.offer("maker/city").size
    assert (Path(made.folder) / "unet" / "diffusion_pytorch_model.safetensors").is_file()
    assert hub.folder("maker/city", tmp_path / "models", may_download=False) == Path(made.folder)
    assert hub.blobs_folder("maker/city", tmp_path / "models").is_dir()
    assert next(e.text for e in events) == "Asking the hub"
    assert any(e.text.startswith("Downloading") and e.text.endswith(f" of {in_words(made.size)}") for e in events)


@pytest.mark.parametrize("links", ["", "1"], ids=["with links", "without links"])
def test_what_is_here_already_is_counted(
    online: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: str
) -> None:
    """Also on a Windows that lets nobody link: there the hub's tools move a file away once it is whole."""
    monkeypatch.setenv("HF_HUB_DISABLE_SYMLINKS", links)
    made, events = fetched(tmp_path / "models"), []
    weights = Path(made.folder) / "unet" / "diffusion_pytorch_model.safetensors"
    assert weights.is_symlink() == (not links)
    fetched(tmp_path / "models", events=events)
    assert {event.done for event in events if event.text.startswith("Downloading")} == {made.size}


def test_a_cancelled_download_leaves_no_process_and_no_half_file(online: Hub, tmp_path: Path) -> None:
    """Which nobody would take up: of a real model that is up to 3 GB at each attempt."""
    halves: list[Path] = []

    def hear(event: Any, blobs: list[bytes]) -> None:
        if event.text.startswith("Downloading") and online.halfway.wait(LONG):
            halves.extend((tmp_path / "models").rglob("*.incomplete"))
            job.cancel()

    online.going.clear()
    job = Job(1, hear)
    with pytest.raises(api.Failure) as said:
        fetch.fetch(api.FetchModel("maker/city", str(tmp_path / "models")), [], job)
        job.check()
    assert said.value.code is api.ErrorCode.CANCELLED
    left_behind.wait_until_gone(str(tmp_path), 30)
    assert halves and not list((tmp_path / "models").rglob("*.incomplete"))

    killed = hub.blobs_folder("maker/city", tmp_path / "models") / "0a1b.2c3d4e5f.incomplete"
    killed.write_bytes(b"half")  # of one whose backend was killed, too
    online.going.set()
    assert fetched(tmp_path / "models").size and not killed.exists()


@pytest.fixture
def backend() -> Iterator[Backend]:
    started = Backend("-m", "backend", "serve")
    yield started
    started.end()
    wire.remove_address(started.address)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_download_ends_with_the_backend_that_began_it(
    online: Hub, backend: Backend, tmp_path: Path, number: signal.Signals
) -> None:
    online.going.clear()
    models, channel = tmp_path / "models", backend.greet()
    channel.send(wire.request(1, HELLO))
    channel.send(wire.request(2, api.FetchModel("maker/city", str(models))))
    assert online.halfway.wait(LONG)
    assert left_behind.processes_with(str(models))
    backend.process.send_signal(number)
    backend.process.wait(LONG)
    left_behind.wait_until_gone(str(models), promise(1.0))
    channel.close()


def offered(name: str = "maker/city") -> api.Offered:
    return fetch.offer(api.OfferModel(name), [], Job(1, lambda event, blobs: None))


def test_the_hub_says_how_large_a_model_is_and_nothing_is_downloaded(online: Hub) -> None:
    weights = ["text_encoder/model", "unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model"]
    size = sum((online.repository / f"{name}.safetensors").stat().st_size for name in weights)
    assert size < offered().size < size * 1.2, "what else is in the repository does not count"
    assert online.asked == ["/api/models/maker/city?blobs=true"]


@pytest.mark.parametrize("act", [offered, lambda name: fetched(Path("/nowhere"), name)])
@pytest.mark.parametrize(("status", "why"), [(401, ""), (404, "RepoNotFound"), (404, "")])
def test_what_the_hub_does_not_have_or_hides_is_said(online: Hub, status: int, why: str, act: Any) -> None:
    online.refused = {"/api/models/maker/none": (status, why)}
    said = refused(lambda: act("maker/none"))
    assert said.message == "The hub shows no model “maker/none”." and "Look at its name" in said.hint


@pytest.mark.parametrize("status", [401, 403])
def test_a_model_that_is_not_for_everybody_is_refused_before_it_is_downloaded(online: Hub, status: int) -> None:
    """The hub tells everybody how large it is."""
    online.info["gated"] = "manual"
    assert offered().size, "whom its maker has let in"
    online.refused = {"auth-check": (status, "GatedRepo")}
    said = refused(offered)
    assert said.message == "“maker/city” is given only to those whom its maker lets in." and "HF_TOKEN" in said.hint


def test_a_hub_that_has_trouble_or_is_out_of_reach_is_said(online: Hub) -> None:
    online.refused = {"/api/": (503, "")}
    assert refused(offered).message.startswith("The hub could not be asked about “maker/city” (")
    online.close()
    said = refused(offered)
    assert said.message.startswith("The hub could not be asked") and said.hint.startswith("Look at the connection.")


def test_a_hub_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr(hub, "PATIENCE", 0.2)
        assert "timed out" in refused(offered).message


def test_what_the_process_could_not_do_is_said_in_its_words(online: Hub, tmp_path: Path) -> None:
    """The hub has it still when it is asked, and no more when it is downloaded."""
    (online.repository / "vae" / "diffusion_pytorch_model.safetensors").unlink()
    said = refused(lambda: fetched(tmp_path / "models"))
    assert "could not be downloaded" in said.message and said.hint


def test_a_process_that_says_much_and_no_text_is_heard_to_its_end(
    online: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than a pipe holds would stop it for ever, and what a library says may be in any encoding."""
    much = "import sys; sys.stderr.buffer.write(b'A warning, \\xff\\xfe.\\n' * 10_000)\n"
    monkeypatch.setattr(fetch, "DOWNLOAD", much + fetch.DOWNLOAD)
    (online.repository / "vae" / "diffusion_pytorch_model.safetensors").unlink()
    job = Job(1, lambda event, blobs: None)
    rescue = threading.Timer(LONG, job.cancel)
    rescue.start()
    said = refused(lambda: fetch.fetch(api.FetchModel("maker/city", str(tmp_path / "models")), [], job))
    rescue.cancel()
    assert said.message.startswith("“maker/city” could not be downloaded")


def test_on_the_command_line(online: Hub, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "backend", "fetch", "maker/city", "--models", str(tmp_path / "models")]
    run = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0 and run.stdout.startswith("“maker/city” is in "), run.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_download_of_the_command_line_is_cancelled(online: Hub, tmp_path: Path, number: signal.Signals) -> None:
    online.going.clear()
    models = tmp_path / "models"
    words = [sys.executable, "-m", "backend", "fetch", "maker/city", "--models", str(models)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert online.halfway.wait(LONG)
        run.send_signal(number)
        try:
            said = run.communicate(timeout=promise(3.0))
        finally:
            run.kill()
    assert run.returncode == 130 and said[0] == "" and "Cancelled." in said[1]
    assert any(line.startswith("Downloading") for line in said[1].splitlines())
    left_behind.wait_until_gone(str(models), promise(1.0))
    assert not list(models.rglob("*.incomplete"))


LET = ["--model", "maker/city", "--download", "--models", "models"]
PROMPT = ["--prompt", "a city"]
STAGES = (["looks", "--frame", "1", *PROMPT], ["tune"], ["render"], ["smooth", "--take", "tuned"], ["restyle", *PROMPT])


@pytest.mark.parametrize("words", STAGES)
def test_a_stage_that_may_download_does_it_first_where_it_can_be_cancelled(
    online: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    def hear(event: Any, blobs: list[bytes]) -> None:
        if isinstance(event, api.Progress) and event.text.startswith("Downloading") and online.halfway.wait(LONG):
            job.cancel()

    online.going.clear()
    rescue = threading.Timer(LONG, online.going.set)
    rescue.start()
    monkeypatch.chdir(tmp_path)
    studies.begin(tmp_path / "study")
    job = Job(0, hear)
    asked = commands.parser().parse_args([*words, "study", *LET])
    refused(lambda: asked.run(asked, job), api.ErrorCode.CANCELLED)
    rescue.cancel()
    left_behind.wait_until_gone(str(tmp_path / "models"), promise(1.0))

    online.going.set()
    with pytest.raises(api.Failure):
        asked.run(asked, Job(0, lambda event, blobs: None))  # the study has no frames yet
    assert hub.whole("maker/city", tmp_path / "models")


def test_a_stage_downloads_nothing_for_what_is_no_study(online: Hub, tmp_path: Path) -> None:
    asked = commands.parser().parse_args(["render", str(tmp_path), *LET])
    refused(lambda: asked.run(asked, Job(0, lambda event, blobs: None)), api.ErrorCode.BAD_STUDY)
    assert online.asked == []


def test_what_is_here_is_not_asked_for_on_the_command_line(online: Hub, tmp_path: Path) -> None:
    made = fetched(tmp_path / "models")
    online.asked.clear()
    asked = commands.parser().parse_args(["fetch", "maker/city", "--models", str(tmp_path / "models")])
    assert asked.run(asked, Job(0, lambda event, blobs: None)).plain == {"folder": made.folder}
    assert online.asked == []


def test_a_full_disk_is_none_of_the_connection(online: Hub, tmp_path: Path) -> None:
    words = [sys.executable, "-B", "-m", "backend", "fetch", "maker/city", "--models", str(tmp_path / "models")]
    small = ["bash", "-c", 'ulimit -f 16; exec "$@"', "bash", *words]  # no file may grow past it
    run = subprocess.run(small, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("The disk is full: “models--maker--city” could not be written.")
