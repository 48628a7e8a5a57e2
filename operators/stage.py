"""What the stages that paint have in common: a strip, its frames up to date, and a request with its own progress."""

import contextlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import session
from ..backend.api import ErrorCode, Failure, Log, Peak, Preview, Progress, Way
from ..backend.study import is_study
from ..backend.walked import check_fast, walked
from ..sequencer import follow, places
from ..session import HostJob, Picture, Step
from ..settings.order import Order, order_of
from .claims import Claim, Steps, claimed, folder_now
from .foreseeing import Sort
from .frames import Sampled, sample
from .job import JobOperator, StripOperator, is_of
from .learning import learn
from .refusals import is_choice
from .snapshot import wanted_numbers

Work = Callable[[Claim, Order, Sampled], Steps]

BORROWING = "Use What the Original Has"


class StageOperator(StripOperator, JobOperator):
    """Base of the operators of a stage: `work` is what they do once the strip's frames are up to date."""

    bl_label: str
    properties: Any  # Blender's own
    sort = Sort.PAINTING  # of the work, for what it teaches about the next
    overrides: tuple[str, ...] = ()  # properties that, where they are given, become the strip's settings
    tuned = False  # whether it paints with a tuning, or makes one: the click has to know whose

    def work(self, order: Order, scene: Any, strip: Any) -> Work:
        """Called with the click: what it needs of the operator it has to take now."""
        raise NotImplementedError

    def begin(self, context: Any) -> HostJob:
        scene, strip = self.target(context)
        if self.tuned:
            refuse_while_borrowing(scene, strip)
        with put_back_if_refused(strip.steady):
            self.take_over(strip.steady)
            wanted_numbers(strip)
            order = order_of(strip.steady)
            if self.tuned:
                refuse_standing_still(order)
            work, sort = self.work(order, scene, strip), self.sort

            def steps(claim: Claim) -> Steps:
                try:
                    sampled = yield from sample(claim)
                    return (yield from work(claim, order, sampled))
                finally:
                    learn(job, claim, order, sort)

            again = tuple(getattr(self, name) for name in self.again)
            job = claimed(self.bl_label, scene, strip, steps, (order, *again))
            job.stages = self.stages(order)
            return job

    def stages(self, order: Order) -> tuple[str, ...]:
        """Of work that is several stages, which."""
        return ()

    def take_over(self, settings: Any) -> None:
        for name in self.overrides:
            if self.properties.is_property_set(name):
                value = getattr(self, name)
                check_range(settings.bl_rna.properties[name], value)
                setattr(settings, name, value)


def refuse_while_borrowing(scene: Any, strip: Any) -> None:
    """What came over is the strip's only at the end of that job: until then a click would tune anew."""
    for job in session.current.jobs:
        if job.title == BORROWING and not job.finished and is_of(job, scene, strip):
            message = f"“{strip.name}” is about to use what its original has."
            raise Failure(ErrorCode.BAD_REQUEST, message, "Wait for it, or cancel it first.")


def refuse_standing_still(order: Order) -> None:
    """By the backend's own sentence, which it could say only after the stages before have worked for minutes."""
    walked(order.painting.strength, order.painting.steps)
    if order.way is Way.FAST:
        check_fast(order.painting, order.fast)


def check_range(setting: Any, value: Any) -> None:
    """Blender would take the nearest value that the setting can have, and say nothing."""
    if setting.type not in ("INT", "FLOAT"):
        return
    least, most = setting.hard_min, setting.hard_max  # in Blender's own precision, as the value is
    if not least <= value <= most:
        message = f"“{setting.name}” is {value:g}."
        raise Failure(ErrorCode.BAD_INPUT, message, f"Choose from {least:g} to {most:g}.")


@contextlib.contextmanager
def put_back_if_refused(settings: Any) -> Iterator[None]:
    """A click that comes to nothing leaves no undo step, and so it must leave the strip as it was."""
    names = [setting.identifier for setting in settings.bl_rna.properties if is_choice(setting)]
    before = {name: getattr(settings, name) for name in names if settings.is_property_set(name)}
    try:
        yield
    except Failure:
        for name in names:
            if name in before:
                setattr(settings, name, before[name])
            else:
                settings.property_unset(name)
        raise


def asked(claim: Claim, request: Callable[[str], Any], text: str) -> Generator[Step, None, Any]:
    """The backend's answer to what is asked about the study's folder. The first save of the file may move the study
    away before the backend holds it, which may fail in any way then: it is asked again."""
    while True:
        folder = folder_now(claim)
        try:
            return (yield from heard(request(str(folder)), text))
        except Failure:
            if folder_now(claim) == folder or is_study(folder):
                raise


def moved_along(study: Path) -> Path:
    """Where a study lies that the click found: the first save of the file may have moved it beside the .blend since."""
    root = places.usual_root()
    if is_study(study) or root is None or not is_study(root / study.name):
        return study
    return root / study.name


def undisturbed() -> Generator[Step, None, None]:
    """Wait while Blender holds on to the strips, which are to change. Not where the window stands still until the job
    is done: then nothing would ever let go of them."""
    while follow.is_busy() and not session.current.draining:
        yield Step(text="Waiting until Blender is free", waiting=True)


def heard(request: Any, text: str) -> Generator[Step, None, Any]:
    """The backend's answer. Meanwhile its progress is the job's, and its last picture too."""
    now = Step(text=text, waiting=True)

    def hear(event: Progress | Preview | Peak | Log, blobs: list[bytes]) -> None:
        nonlocal now
        if isinstance(event, Progress):
            now = replace(now, done=event.done, total=event.total, text=event.text)
        elif isinstance(event, Preview):
            now = replace(now, picture=Picture(event.width, event.height, blobs[0]))
        elif isinstance(event, Peak):
            now = replace(now, memory=event.memory)

    answer = session.current.ask(request, on_event=hear)
    while not answer.done:
        yield now
    yield replace(now, waiting=False)  # what came with the answer
    return answer.result()
