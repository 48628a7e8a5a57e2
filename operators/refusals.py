"""Clicks that were refused before a job began: what was said to them stands in the panel until the next such click, or
until anything that it may have spoken of has changed."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable
from typing import Any

from .. import session
from ..backend.api import Failure
from ..preferences import preferences, studies_folder
from ..sequencer import places, strips
from ..session import Refusal
from ..settings.belonging import Belonging


def keep(title: str, strip: Any, failure: Failure) -> None:
    session.current.refusals[_key(title, strip)] = Refusal(failure, _as_it_is(strip))


def forget(title: str, strip: Any) -> None:
    session.current.refusals.pop(_key(title, strip), None)


def refusal(title: str, strip: Any = None) -> Failure | None:
    """What still stands. `strip` is None for clicks that are about no strip."""
    kept = session.current.refusals.get(_key(title, strip))
    return kept.failure if kept and kept.seen == _as_it_is(strip) else None


def is_choice(setting: Any) -> bool:
    """Of the user's, and kept: a preset is read from the others, and where the study lies is not the click's to say."""
    belonging = setting.identifier in Belonging.__annotations__
    return not setting.is_readonly and not belonging and setting.identifier not in ("name", "preset", "pace")


def _key(title: str, strip: Any) -> tuple[str, str, str]:
    return (title, strip.id_data.name, strip.name) if strip is not None else (title, "", "")


def _as_it_is(strip: Any) -> Hashable:
    """What a refusal may speak of: the jobs, the strip and its settings, and which looks and takes there are."""
    jobs = tuple((job.id, job.state) for job in session.current.jobs)
    if strip is None:
        return jobs
    settings = strip.steady
    choices = tuple(getattr(settings, one.identifier) for one in settings.bl_rna.properties if is_choice(one))
    return jobs, strips.handles(strip), choices, _study(strip)


def _study(strip: Any) -> tuple[int, ...]:
    folder = places.folder_of(strip, studies_folder(preferences())) if strips.study_id(strip) else None
    if folder is None:
        return ()
    return tuple(_changed(folder / name) for name in ("", "looks", "takes"))


def _changed(folder: Any) -> int:
    with contextlib.suppress(OSError):
        return folder.stat().st_mtime_ns
    return 0
