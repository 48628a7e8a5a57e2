"""What a click will cost: unknown until the first run, then by what that run took, and nothing where all is done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import bpy
import pytest
from tiny import COUNT, OIL

pytest_plugins = ["tiny"]


class Said:
    """What a panel says."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def column(self, **_: Any) -> Said:
        return self

    def label(self, text: str, **_: Any) -> None:
        self.words.append(text)


@pytest.fixture
def said(clip: Any, room: Any) -> Any:
    """The sentence below the button."""

    def read() -> str:
        layout = Said()
        found = room("panels.overview").overview(clip)
        room("panels.foreseen").draw(layout, bpy.context.scene, clip, found)
        return " ".join(layout.words)

    return read


@pytest.fixture
def missing(clip: Any, room: Any) -> Any:
    return lambda: room("panels.missing").of_all(clip, room("panels.overview").overview(clip))


def test_what_is_missing_is_counted_stage_by_stage(clip: Any, missing: Any, room: Any, said: Any) -> None:
    everything = room("operators.foreseeing").Missing(COUNT, True, 4, COUNT)
    assert missing() == everything
    bpy.ops.steady.sample_frames()
    assert missing() == replace(everything, frames=0)
    bpy.ops.steady.design_looks()
    assert missing() == replace(everything, frames=0, looks=False)
    bpy.ops.steady.restyle()
    assert missing().nothing and said() == "Everything is up to date."
    clip.steady.seed = 5
    assert missing() == replace(everything, frames=0, looks=False, iterations=0)
    clip.steady.prompt = OIL
    assert missing() == replace(everything, frames=0)
    clip.steady.way = "PLAIN"
    assert missing() == replace(everything, frames=0, looks=False, iterations=0)
    clip.steady.short_side = 128
    assert missing().frames == COUNT


def test_the_first_run_teaches_what_the_next_will_cost(clip: Any, said: Any, room: Any, studio: Any) -> None:
    estimates, order_of = room("backend.estimates"), room("settings.order").order_of
    (studio / "data" / estimates.FILE).unlink(missing_ok=True)
    assert said() == "How long it takes is known after the first run."
    clip.steady.iterations, clip.steady.candidates, clip.steady.look_steps, clip.steady.steps = 60, 4, 16, 40
    bpy.ops.steady.restyle()
    known, kinds = estimates.read(studio / "data"), room("operators.foreseeing").kinds_of(order_of(clip.steady))
    tuning = known[kinds["Tuning"]]
    assert tuning.seconds > 0 and tuning.disk > 1000, "it has a rate, and its weights are on the disk"
    assert max(cost.memory for cost in known.values()) > 100e6, "the backend has said what it held"
    assert set(kinds.values()) - {kinds["Distilling"]} <= set(known)
    clip.steady.prompt, clip.steady.short_side = OIL, 128
    assert said().startswith("About ") and "on the disk" in said() and "of memory." in said()


def test_a_job_is_done_also_where_nothing_can_be_learned_from_it(clip: Any, study: Any) -> None:
    bpy.ops.steady.sample_frames()
    (study().folder / "frames" / "aside.png").symlink_to("nowhere")  # its size cannot be read
    assert bpy.ops.steady.design_looks() == {"FINISHED"}


def test_a_job_says_about_how_long_how_much_disk_and_memory(clip: Any, said: Any, room: Any, studio: Any) -> None:
    estimates, foreseeing = room("backend.estimates"), room("operators.foreseeing")
    order = room("settings.order").order_of(clip.steady)
    kinds, size = foreseeing.kinds_of(order), 64 * 64 / 1e6
    starting = estimates.kind("starting", "pocket", "best", "auto")
    estimates.learn(studio / "data", dict.fromkeys([*kinds.values(), starting], estimates.Cost()))
    file = studio / "data" / estimates.FILE
    file.unlink()
    costs = {name: estimates.Cost(10 / size, 1e6 / size) for name in kinds.values()}
    costs[kinds["Tuning"]] = estimates.Cost(10 / size, 2e9)
    costs[starting] = estimates.Cost(20, memory=3e9)
    estimates.learn(studio / "data", costs)
    # 6 frames read, 2 candidates in 3 steps, 4 iterations of 2 pictures, 6 frames in 3 steps: 10 s each; 20 to begin
    seconds = 20 + 10 * (6 + 2 * 3 + 4 * 2 + 6 * 3)
    assert said() == f"About {round(seconds / 60)} min, 2.0 GB on the disk, 3.0 GB of memory."
    clip.steady.model = "other/model"
    assert said() == "How long it takes is known after the first run."
    file.unlink()


def test_the_small_decoder_counts_where_it_is_lacking(
    clip: Any, study: Any, missing: Any, said: Any, room: Any
) -> None:
    foreseeing, stages, overview = (
        room("operators.foreseeing"),
        room("panels.missing"),
        room("panels.overview").overview,
    )
    need, known, settings = foreseeing.Missing, room("backend.estimates").read, clip.steady
    order_of, data = room("settings.order").order_of, foreseeing.data_folder(foreseeing.preferences())
    settings.way, settings.fast_steps = "FAST", 2
    assert missing() == need(COUNT, True, 4, COUNT)
    settings.small_decoder = True
    assert missing() == need(COUNT, True, 4, COUNT, decoder=True)
    settings.small_decoder = False
    bpy.ops.steady.restyle()
    assert missing().nothing
    settings.small_decoder = True
    assert missing() == need(takes=COUNT, decoder=True), "nothing is tuned again"
    assert stages.of_tuning(clip, overview(clip)) == need(decoder=True)
    assert stages.of_takes(clip, overview(clip)) == need(takes=COUNT), "which makes no decoder"
    assert stages.of_comparing(clip, overview(clip)).iterations == 0
    settings.fast_steps = 3
    assert stages.of_tuning(clip, overview(clip)) == need(iterations=4, decoder=True), "it is another one's then"
    settings.fast_steps = 2

    kinds = foreseeing.kinds_of(order_of(settings))
    assert said() == "How long it takes is known after the first run." and kinds["Distilling"] not in known(data)
    before = known(data)[kinds["Tuning"]]
    bpy.ops.steady.fine_tune()
    assert missing() == need(takes=COUNT) and stages.of_tuning(clip, overview(clip)).nothing
    made, learned = overview(clip).decoder, known(data)[kinds["Distilling"]]
    weights = [study().tuning_folder / f"decoder.{ending}" for ending in ("safetensors", "json")]
    assert learned.seconds == pytest.approx(made.seconds / (64 * 64 / 1e6))
    assert learned.disk == sum(file.stat().st_size for file in weights)
    assert known(data)[kinds["Tuning"]] == before, "nothing was tuned"
    order, size = order_of(settings), 64 * 64
    cost, starting = (
        foreseeing.foresee(order, need(decoder=True), size),
        known(data)[foreseeing.starting(order, foreseeing.Sort.PAINTING)],
    )
    assert cost.seconds == pytest.approx(made.seconds + starting.seconds) and cost.disk == learned.disk
    whole = foreseeing.foresee(order, need(iterations=4, decoder=True), size)
    tuned = foreseeing.foresee(order, need(iterations=4), size)
    assert whole.seconds == pytest.approx(tuned.seconds + made.seconds)


def test_a_disk_without_room_is_said_before(clip: Any, said: Any, room: Any, studio: Any) -> None:
    estimates, foreseeing = room("backend.estimates"), room("operators.foreseeing")
    kinds = foreseeing.kinds_of(room("settings.order").order_of(clip.steady))
    starting = estimates.kind("starting", "pocket", "best", "auto")
    estimates.learn(studio / "data", dict.fromkeys([*kinds.values(), starting], estimates.Cost(1, 1e20)))
    assert "are free where the study lies." in said()
    (studio / "data" / estimates.FILE).unlink()


# --- the buttons of single stages


def test_each_button_counts_what_its_own_click_has_to_do(clip: Any, room: Any) -> None:
    stages, need = room("panels.missing"), room("operators.foreseeing").Missing
    assert stages.of_frames(clip, None) == need(frames=COUNT)
    assert stages.of_looks(clip, None) == need(frames=COUNT, looks=True)
    assert stages.of_tuning(clip, None).nothing, "without a look it is refused"
    assert stages.of_takes(clip, None) == need(frames=COUNT, takes=COUNT)
    assert stages.of_smoothing(clip, None) == need(frames=COUNT, smoothed=COUNT)
    assert stages.of_spreading(clip, None) == need(frames=COUNT, spread=COUNT)
    assert stages.of_measuring(clip, None).nothing, "there is no take"
    compared = stages.of_comparing(clip, None)
    low = room("settings.order").order_of(clip.steady).painting.strength
    assert [one.strength for one in compared.plain] == [low, 0.75]
    assert (compared.total, compared.takes) == (COUNT, COUNT)


def test_what_works_without_the_model_has_costs_of_its_own(clip: Any, room: Any, studio: Any) -> None:
    estimates, foreseeing = room("backend.estimates"), room("operators.foreseeing")
    order, need = room("settings.order").order_of(clip.steady), foreseeing.Missing
    (studio / "data" / estimates.FILE).unlink(missing_ok=True)
    wanted = {
        foreseeing.Sort.SMOOTHING: (need(smoothed=6), order.smoothing.steps + 6),  # and painted
        foreseeing.Sort.SPREADING: (need(spread=6), 2 * 6 + order.spreading.steps + 6),  # there, back and painted
        foreseeing.Sort.MEASURING: (need(measured=6), 6),
    }
    for sort, (missing, units) in wanted.items():
        assert foreseeing.foresee(order, missing, 1_000_000) is None
        names = {*foreseeing.kinds_of(order, sort).values()} - {foreseeing.READING}
        costs = dict.fromkeys(names, estimates.Cost(2.0))
        estimates.learn(studio / "data", costs | {foreseeing.starting(order, sort): estimates.Cost(5.0)})
        assert foreseeing.foresee(order, missing, 1_000_000).seconds == 5 + 2 * units, sort
    assert foreseeing.foresee_movie(foreseeing.EXPORTED, 6, 1_000_000) is None
    estimates.learn(studio / "data", {foreseeing.EXPORTED: estimates.Cost(0.5, 1e5)})
    assert foreseeing.foresee_movie(foreseeing.EXPORTED, 6, 2_000_000) == estimates.Cost(6.0, 1.2e6)
    (studio / "data" / estimates.FILE).unlink()


def test_what_a_smoothed_take_s_pictures_took_is_no_loading_of_the_model(clip: Any, study: Any, room: Any) -> None:
    foreseeing, learning, session = room("operators.foreseeing"), room("operators.learning"), room("session")
    bpy.ops.steady.sample_frames()
    order, sort = room("settings.order").order_of(clip.steady), foreseeing.Sort.SMOOTHING
    job = session.HostJob("Smooth", "clip", lambda: iter(()))
    job.pace.clock = iter((0.0, 10.0)).__next__
    job.pace.hear(0, 10, "Painting the frames")
    job.pace.parts |= {"Smoothing": session.Spent(40, 3.0), "Painting": session.Spent(6, 6.0)}
    job.pace.end()
    learned, kinds = learning.costs(job, study(), order, sort, 0.5), foreseeing.kinds_of(order, sort)
    assert learned[kinds["Painting"]].seconds == 2.0
    assert learned[foreseeing.starting(order, sort)].seconds == 1.0


def test_spreading_looks_is_not_taken_for_painting_them(clip: Any, study: Any, room: Any) -> None:
    foreseeing, learning, session = room("operators.foreseeing"), room("operators.learning"), room("session")
    bpy.ops.steady.sample_frames()
    order, sort = room("settings.order").order_of(clip.steady), foreseeing.Sort.SPREADING
    job = session.HostJob("Propagate Looks", "clip", lambda: iter(()))
    job.pace.hear(0, 10, "Painting, frame 1 of 6")
    job.pace.parts["Painting"] = session.Spent(6, 3.0)
    learned = learning.costs(job, study(), order, sort, 0.5)
    assert learned[foreseeing.kinds_of(order, sort)["Painting"]].seconds == 1.0
    assert not set(learned) & {*foreseeing.kinds_of(order).values()}
