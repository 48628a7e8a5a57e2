"""What a model is called, here and elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.model_names import known_as, whole


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("pocket", "pocket"),
        ("stable-diffusion-v1-5/stable-diffusion-v1-5", "stable-diffusion-v1-5/stable-diffusion-v1-5"),
        ("maker/city", "maker/city"),
        ("city.safetensors", "city.safetensors"),
        ("models/city.safetensors", "city.safetensors"),
        ("/mnt/models/city.safetensors", "city.safetensors"),
        ("D:\\models\\city.safetensors", "city.safetensors"),
        ("\\\\server\\models\\city", "city"),
        ("/mnt/models/city/", "city"),
        ("~/models/city", "city"),
        ("./city", "city"),
    ],
)
def test_where_it_lies_is_no_part_of_what_it_is_known_as(name: str, known: str) -> None:
    assert known_as(name) == known


def test_what_lies_on_the_disk_is_asked_for_by_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("city", "pocket", "maker"):
        (tmp_path / name).mkdir()
    assert whole("city") == str(tmp_path / "city")
    assert [whole(name) for name in ("pocket", "maker/city", "", "nowhere")] == ["pocket", "maker/city", "", "nowhere"]
