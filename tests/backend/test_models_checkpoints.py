"""Pickled checkpoints: refused, and converted without running what they bring along."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import miniature
import model_files
import original_layout
import pytest
import torch
from model_files import refused, same
from safetensors.torch import load_file

from backend import convert, models
from backend.api import ErrorCode, Failure

saved, folder = model_files.saved, model_files.folder


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
    command = said.hint.partition("only: ")[2]
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
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
