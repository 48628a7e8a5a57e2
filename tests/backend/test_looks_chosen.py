"""Looks are chosen, and what is asked of them crosses the socket."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import looking
from looking import CLIP, PAINTING, ROOT, bring, choose, gallery, refusal, saved
from studies import begin, put, release, source

from backend.api import Looks, MakeLooks
from backend.plain import from_json, to_json
from backend.study import Study

folder, model, shelf = looking.folder, looking.model, looking.shelf
make = looking.make


def test_several_may_be_chosen_also_of_one_frame(folder: Path, make):
    made = [look.name for look in make("neon", "oil", count=1).looks]
    (brought,) = bring(folder, saved(folder, CLIP[0])).looks
    answer = choose(folder, brought.name, *made)
    assert [look.name for look in answer.looks] == [brought.name, *made]
    assert all(look.chosen for look in answer.looks)
    assert [look.name for look in choose(folder, made[0]).looks] == [made[0]]
    assert choose(folder).looks == ()
    assert len(gallery(folder)) == 3


def test_a_look_that_is_none_is_refused(folder: Path, make):
    name = make(count=1).looks[0].name
    choose(folder, name)
    assert refusal(choose, folder, "002-7").message == "There is no look “002-7”."
    assert [look.name for look in gallery(folder) if look.chosen] == [name]


def test_a_look_of_another_size_than_the_frames_is_refused(folder: Path, make):
    name = make(count=1).looks[0].name
    framing = replace(Study.open(folder).source.framing, size=(48, 32))
    begin(folder, source(1, 3, framing=framing))
    for number in (1, 2, 3):
        put(folder, number, CLIP[number - 1])
    release(folder)
    failure = refusal(choose, folder, name)
    assert failure.message == f"The look {name} is 96×64, and the frames are 48×32 by now."


# --- over the wire


def test_requests_and_answers_cross_the_socket(folder: Path):
    (look,) = bring(folder, saved(folder, CLIP[0])).looks
    for sent in (Looks((look, replace(look, painting=PAINTING)), "moved", 0.6), MakeLooks("x", 1, ("neon",), 2)):
        assert from_json(type(sent), json.loads(json.dumps(to_json(sent)))) == sent


def test_the_backend_answers_to_them_and_choosing_does_not_wait_for_torch(folder: Path):
    code = """
import sys
from backend import api, stages
from backend.jobs import Job
from backend.plain import from_json, to_json
handler = stages.handlers()[api.ChooseLooks]
print(handler(api.ChooseLooks(sys.argv[1], ()), [], Job(1, lambda event, blobs: None)), "torch" in sys.modules)
assert api.MakeLooks in stages.handlers() and api.BringLook in stages.handlers()
"""
    said = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert said.stdout.strip() == "Looks(looks=(), warning='', lower_strength=0.0) False"
