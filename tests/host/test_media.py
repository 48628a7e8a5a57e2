"""The media that the other tests stand on is what it says."""

from __future__ import annotations

from typing import Any

import media as make
import pytest


def test_a_strip_of_the_images_has_their_length(scene: Any, media: Any) -> None:
    strip = make.add_images(scene.sequence_editor, media.images(4))
    assert strip.frame_final_duration == 4


def test_a_movie_has_its_frames(scene: Any, media: Any) -> None:
    collection = make.strips(scene.sequence_editor)
    strip = collection.new_movie(name="m", filepath=str(media.movie(12)), channel=1, frame_start=1)
    assert (strip.frame_final_duration, strip.elements[0].orig_width) == (12, 64)


@pytest.mark.parametrize("kind", ["COLOR", "TEXT"])
def test_an_effect_spans_what_it_was_given(scene: Any, kind: str) -> None:
    assert make.add_effect(scene.sequence_editor, kind, start=5, length=7).frame_final_duration == 7
