"""The loop of a tuning: takes up what was left, tells how it goes, keeps what is good, and notices when it is not."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import adapters, disk, tuning
from .api import ErrorCode, Failure
from .course import Course
from .jobs import Job
from .lasting import in_words
from .several import Team
from .trainer import Trainer
from .tuning import Halfway, rate_of

SECONDS_TO_LOSE = 5.0  # of work, at most, when the process is killed; nothing of it shows in the result
SHARE_OF_SAVING = 0.05  # the most of the time that saving may take, for a whole UNet is gigabytes
STEPS_A_LINE = 10  # of the log
SECONDS_A_TEXT = 1.0  # the loss is told that often: every change of the text is a line in a log


class Schooling:
    def __init__(
        self,
        trainer: Trainer,
        folder: Path,
        fingerprint: str,
        job: Job,
        team: Team,
        preview: Callable[[], None] | None,
        preview_every: int,
    ) -> None:
        self.trainer, self.folder, self.fingerprint, self.job, self.team = trainer, folder, fingerprint, job, team
        self.iterations = trainer.recipe.iterations
        self._preview, self._preview_every = preview, preview_every
        self.course, self.step, self.warning = Course(), 0, ""
        self._taken_up = 0  # the step that it went on from
        self._seconds, self._begun = 0.0, time.monotonic()
        self._saved, self._saving = time.monotonic(), 0.0
        self._text, self._told = "Tuning", 0.0
        self._lines: list[dict[str, Any]] = []

    @property
    def seconds(self) -> float:
        """Of learning, also of that before an interruption."""
        return self._seconds + time.monotonic() - self._begun

    def learn(self) -> None:
        """Up to the last iteration, or as far as it went well."""
        if self.team.leads:
            tuning.sweep(self.folder)
        self._take_up()
        try:
            while self.step < self.iterations:
                self._still_wanted()
                self.course.add(self.trainer.learn(self.step))
                if self.course.astray:
                    self._go_back()
                    return
                if self._is_due():
                    self._save()  # these weights have just been seen to do well
                self.trainer.update()
                self.step += 1
                self._tell()
        except Failure as failure:
            if failure.code is ErrorCode.CANCELLED:
                self._leave()
            raise
        after = self._looked_at()
        if after.astray or after.torn:
            self.course = after
            self._go_back()
        else:
            self._save()

    # --- to stop, and to go on

    def _still_wanted(self) -> None:
        """All processes leave at the same step, or those that stay would wait for ever."""
        if any(self.team.gather(self.job.cancelled)):
            self.job.cancel()
        self.job.check()

    def _looked_at(self) -> Course:
        """How it goes with the weights of the last update, which no batch has seen yet."""
        if self.step == self._taken_up:
            return self.course
        return self.course.then(self.trainer.look(self.step))

    def _leave(self) -> None:
        """With what was learned, if it does well, and otherwise with what was there before: that can still go on."""
        after = self._looked_at()
        if self.step == self._taken_up or (after.well and not after.torn):
            self._save()
            return
        self.team.meet()  # a leader that is still writing the state
        if self._note_of_state() is None:
            self.step = 0  # nothing of it is worth rendering with
        else:
            self._take_up()

    def _take_up(self) -> None:
        note = self._note_of_state()
        if note is not None:
            self.course = Course.from_tensor(self.trainer.restore(self.folder / tuning.STATE))
            self.step = self._taken_up = note["step"]
            self._seconds, self._begun = note["seconds"], time.monotonic()
            self._lines = [line for line in _lines(self.folder / tuning.LOG) if line["step"] <= self.step]

    def _note_of_state(self) -> dict[str, Any] | None:
        """None where there is nothing to go on from. A damaged state is nothing: what it held is learned again."""
        try:
            note = adapters.read_metadata(self.folder / tuning.STATE, "note")
        except Failure:
            return None
        if not note or note["fingerprint"] != self.fingerprint or note.get("optimiser") != self.trainer.kind:
            return None
        return note if note["step"] <= self.iterations else None

    def _is_due(self) -> bool:
        wait = max(SECONDS_TO_LOSE, self._saving / SHARE_OF_SAVING)
        return self.team.leads and self.course.well and time.monotonic() - self._saved >= wait

    def _save(self) -> None:
        if not self.team.leads:
            return
        begun = time.monotonic()
        note = {"fingerprint": self.fingerprint, "step": self.step, "seconds": self.seconds}
        self.trainer.save(self.folder / tuning.STATE, note, self.course.as_tensor(self.step))
        tuning.set_halfway(self.folder, Halfway(self.fingerprint, self.step, self.iterations))
        self._saved = time.monotonic()
        self._saving = self._saved - begun

    def _go_back(self) -> None:
        """To the last state that did well, or to nothing where there is none."""
        rate, last = rate_of(self.trainer.recipe), self.course.losses[-1].all
        at = min(self.step + 1, self.iterations)
        rose = f"the loss rose to {last:.3g}" if math.isfinite(last) else "the loss is no longer a number"
        self.team.meet()  # a leader that is still writing the state
        note = self._note_of_state()
        if note is None and len(self.course.losses) == 1 and not math.isfinite(last):  # nothing was learned yet
            half = self.trainer.scaler.is_enabled()
            hint = "Choose full precision." if half else "Its weights are damaged: choose another model."
            raise Failure(ErrorCode.BAD_INPUT, "What the model makes of these frames is no number.", hint)
        if note is None:
            hint = f"Lower the learning rate of {rate:g}."
            raise Failure(ErrorCode.BAD_INPUT, f"Tuning went astray at step {at}: {rose}.", hint)
        self._take_up()
        self.warning = (
            f"Tuning went astray at step {at}: {rose}. What it had learned by step {self.step} is kept: "
            f"lower the learning rate of {rate:g}."
        )

    # --- to be seen

    def _tell(self) -> None:
        if not self.team.leads:
            return
        if self.step % STEPS_A_LINE == 0 or self.step == self.iterations:
            self._log()
        if time.monotonic() - self._told >= SECONDS_A_TEXT:
            a_step = (time.monotonic() - self._begun) / (self.step - self._taken_up)
            left = in_words((self.iterations - self.step) * a_step)
            self._text, self._told = f"Tuning, loss {self.course.smooth:.4f}, {left} left", time.monotonic()
        if self._preview is not None and self._preview_every and self.step % self._preview_every == 0:
            self._preview()
        self.job.progress(self.step, self.iterations, self._text)

    def _log(self) -> None:
        """Written whole, as every file of a study."""
        first = self._lines[-1]["step"] if self._lines else 0
        part = self.course.losses[first:]
        line = {
            "step": self.step,
            "loss": _mean([loss.all for loss in part]),
            "looks": _mean([loss.looks for loss in part]),
            "references": _mean([loss.references for loss in part]),
            "seconds": round(self.seconds, 2),
        }
        self._lines.append(line)
        text = "".join(f"{json.dumps(line)}\n" for line in self._lines)
        disk.write(self.folder / tuning.LOG, text.encode())


def _mean(losses: list[float]) -> float | None:
    known = [loss for loss in losses if not math.isnan(loss)]
    return sum(known) / len(known) if known else None


def _lines(path: Path) -> list[dict[str, Any]]:
    """A curve to look at: a line that cannot be read is left out."""
    if not disk.long_path(path).is_file():
        return []
    found = []
    for line in disk.read(path).decode(errors="replace").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return [line for line in found if isinstance(line, dict) and isinstance(line.get("step"), int)]
