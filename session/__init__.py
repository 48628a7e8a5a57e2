"""The only module that talks to the backend, and the home of the jobs that run from Blender. Knows no bpy."""

from __future__ import annotations

import contextlib
import itertools
import time
import traceback
from collections import deque
from collections.abc import Sequence
from typing import Any

from ..backend import api
from .answer import Answer, OnEvent
from .backend import Backend
from .job import HostJob, JobState, Picture, Refusal, Step, of_stage
from .pace import Spent
from .state import Launch, State

__all__ = [
    "Answer",
    "HostJob",
    "JobState",
    "Launch",
    "Picture",
    "Refusal",
    "Session",
    "Spent",
    "State",
    "Step",
    "current",
    "of_stage",
]

HOLDS = api.Failure(
    api.ErrorCode.BAD_REQUEST, "A job is paused, and the queue waits with it.", "Resume or cancel that one first."
)


class Session(Backend):
    """One backend and one queue of host jobs. No call of it blocks but `drain`, `close`, `Answer.result`, and what is
    to `wait`."""

    BUDGET = 0.01  # seconds of work in a tick: Blender must stay smooth
    PAUSE = 0.02  # seconds between ticks while a job waits
    NAP = 0.002  # the same where nothing else is to be done meanwhile
    HEED = 0.5  # seconds that `drain`, `close` and `cancel` may give the backend to do what it is told at the end
    LEAVING = 30.0  # seconds that the backend may need to leave a job that is paused
    NEWS_AFTER = 10.0  # seconds of a job whose end is worth a notice: who waits less is still there

    def __init__(self, stuck_after: float = 15.0) -> None:
        super().__init__(stuck_after)
        self._ids = itertools.count(1)
        self._queue: deque[HostJob] = deque()
        self._running: HostJob | None = None
        self._finished: dict[tuple[str, str], HostJob] = {}
        self.news: tuple[HostJob, ...] = ()  # that ended while nobody waited for them, until it was seen
        self.refusals: dict[tuple[str, str, str], Refusal] = {}  # by what was clicked, of which strip
        self._draining = False
        self._patient = False
        self._advancing = False
        self._resting: tuple[Answer, ...] = ()  # of the paused job, which the backend has still to leave
        self._rests_by = 0.0  # and by when it is stopped although it has not

    def ask(self, request: Any, blobs: Sequence[bytes] = (), on_event: OnEvent | None = None) -> Answer:
        """Those of a host job are cancelled when it ends."""
        answer = super().ask(request, blobs, on_event)
        if self._advancing and self._running:
            self._running.answers = [a for a in self._running.answers if not a.done] + [answer]
        return answer

    def tell(self, request: Any) -> Answer | None:
        """What must be done although the host job ends. Waits a moment for it only where no window waits."""
        answer = super().tell(request)
        if answer and (self._draining or self._patient) and self.state is State.READY:
            with contextlib.suppress(api.Failure, TimeoutError):
                answer.result(self.HEED)
        return answer

    def close(self) -> None:
        """Cancel every job and stop the backend: before another file is loaded, on disabling, at quitting."""
        self.cancel_all(wait=True)
        self.stop(wait=True)
        self._finished.clear()  # their strips may be in another file
        self.news = ()
        self.refusals.clear()

    # --- the host jobs

    @property
    def jobs(self) -> tuple[HostJob, ...]:
        """The last finished one of each study, and of each title of those that are about no strip, then the running
        one, then the queued ones."""
        running = (self._running,) if self._running else ()
        return (*self._finished.values(), *running, *self._queue)

    def enqueue(self, job: HostJob) -> HostJob:
        job.id = next(self._ids)
        self._queue.append(job)
        return job

    def tick(self) -> float | None:
        """Move the jobs on a little. The seconds until the next tick is wanted, None when there is nothing to do."""
        if self._advancing:
            return self.PAUSE
        if not self._running and self._queue:
            if self._queue[0].state is JobState.PAUSED:
                return self._rest()
            self._running = self._queue.popleft()
            self._running.state = JobState.RUNNING
        if self._running:
            return self._advance(self._running)
        return None if self.heeded else self.PAUSE

    def drain(self, job: HostJob) -> Any:
        """Run the queue up to the end of this job; its result, or its Failure raised."""
        if self._advancing:
            raise api.Failure(api.ErrorCode.BAD_REQUEST, "A job cannot wait for another one.", "Run them in turn.")
        if self.paused:
            raise HOLDS
        if not job.id:
            self.enqueue(job)
        self._draining = True
        try:
            while not job.finished:
                pause = self.tick() or 0.0
                time.sleep(self.NAP if pause >= self.PAUSE else 0.0)
        finally:
            self._draining = False
        if job.failure:
            raise job.failure
        return job.result

    def cancel(self, job: HostJob, wait: bool = False) -> None:
        """Without a window there is time to `wait` until the backend has done what it is told at the end."""
        self._patient = wait
        try:
            self._cancel(job)
        finally:
            self._patient = False

    def _cancel(self, job: HostJob) -> None:
        if job in self._queue:
            self._queue.remove(job)
            self._close(job)
        elif job is self._running:
            job.cancelling = True
            if not self._advancing:  # a generator cannot be closed from inside itself: then `_advance` does it
                self._close(job)

    def cancel_all(self, wait: bool = False) -> None:
        for job in tuple(self._queue):
            self.cancel(job, wait)
        if self._running:
            self.cancel(self._running, wait)

    @property
    def draining(self) -> bool:
        """Whether somebody waits for a job: Blender itself stands still meanwhile."""
        return self._draining

    def forget(self, number: int) -> None:
        """Say no more of a job that has ended."""
        self._finished = {key: job for key, job in self._finished.items() if job.id != number}
        self.news = tuple(job for job in self.news if job.id != number)

    # --- a job that rests, and the queue with it

    @property
    def running(self) -> HostJob | None:
        return self._running

    @property
    def paused(self) -> HostJob | None:
        return self._queue[0] if self._queue and self._queue[0].state is JobState.PAUSED else None

    def pause(self, job: HostJob) -> None:
        """Have the running job leave its work, and then stop the backend, which frees the card. `resume` goes on."""
        if job is not self._running or not job.pausable or self._advancing:
            raise api.Failure(api.ErrorCode.BAD_REQUEST, f"{job.title} cannot be paused now.", "Cancel it instead.")
        self._advancing = True
        try:
            if job._generator:
                job._generator.close()
        except Exception as error:
            self._fail(job, error)
            return
        finally:
            self._advancing = False
        self._resting = tuple(answer for answer in job.answers if not answer.finished)
        self._rests_by = time.monotonic() + self.LEAVING
        for answer in self._resting:
            answer.cancel()
        job.answers.clear()
        job.pace.end()
        job.state, job._generator, self._running = JobState.PAUSED, None, None
        self._queue.appendleft(job)

    def resume(self, job: HostJob) -> None:
        """It begins anew, and finds done what it had done."""
        if job.state is JobState.PAUSED:
            job.state, job.progress, self._resting = JobState.QUEUED, Step(), ()
            job.pace.go_on()

    def _rest(self) -> float | None:
        """Once the backend has kept what the job had come to. One that was connected to is not ours to stop."""
        if any(not answer.finished for answer in self._resting) and time.monotonic() < self._rests_by:
            return self.PAUSE
        self._resting = ()
        if self._link:
            self.stop()
        return None

    def _advance(self, job: HostJob) -> float:
        until = time.monotonic() + self.BUDGET
        while not job.finished:
            self._step(job)
            if job.cancelling and not job.finished:
                self._close(job)
            if job.progress.waiting:
                return self.PAUSE
            if time.monotonic() >= until:
                break
        return 0.001

    def _step(self, job: HostJob) -> None:
        self._advancing = True
        try:
            job._generator = job._generator or job._steps()
            job.progress = next(job._generator)
            job.memory = max(job.memory, job.progress.memory)
            job.pace.hear(job.progress.done, job.progress.total, job.progress.text)
        except StopIteration as end:
            job.result = end.value
            self._finish(job, JobState.DONE)
        except Exception as error:
            self._fail(job, error)
        finally:
            self._advancing = False

    def _close(self, job: HostJob) -> None:
        before, self._advancing = self._advancing, True  # another one may be at work: it may cancel those in the queue
        try:
            if job._generator:
                job._generator.close()
            elif job._abandon:
                job._abandon()
            self._finish(job, JobState.CANCELLED)
        except Exception as error:
            self._fail(job, error)
        finally:
            self._advancing = before

    def _fail(self, job: HostJob, error: Exception) -> None:
        if isinstance(error, api.Failure):
            job.failure = error
        else:
            traceback.print_exception(error)  # a mistake of ours: the console has it whole, the panel in a sentence
            text = f"{job.title} failed: {error or type(error).__name__}"
            job.failure = api.Failure(api.ErrorCode.INTERNAL, text, "The console has the details: please report them.")
        cancelled = job.failure.code is api.ErrorCode.CANCELLED
        self._finish(job, JobState.CANCELLED if cancelled else JobState.FAILED)

    def _finish(self, job: HostJob, state: JobState) -> None:
        job.state = state
        if state is JobState.CANCELLED and not job.failure:
            job.failure = api.Failure(api.ErrorCode.CANCELLED, f"{job.title} was cancelled.", "What is finished stays.")
        for answer in job.answers:
            answer.cancel()
        job.answers.clear()
        job.pace.end()
        if job is self._running:
            self._running = None
        about = job.study or job.strip
        key = (about, "" if about else job.title)
        self._finished.pop(key, None)  # it comes last
        self._finished[key] = job
        long = job.pace.elapsed >= self.NEWS_AFTER
        if not self._draining and (state is JobState.FAILED or (state is JobState.DONE and long)):
            self.news = (*self.news, job)


current = Session()
