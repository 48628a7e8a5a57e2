"""report/glance.json: what a panel shows of the report, and whether it still speaks of what is there now.

The series in measures.json may be long, and a panel is drawn often. Standard library only."""

from __future__ import annotations

from collections.abc import Sequence

from . import disk
from .api import Failure, KeyFigures
from .fingerprint import fingerprint_of
from .frozen import frozen
from .measurements import Measurements, key_figures
from .plain import to_json
from .record import SCHEMA, read_as, read_json, write_json
from .study import Study
from .take import Take

NAME = "glance.json"
PLOT = "plot.png"

MADE_BY = ("fingerprint", "first", "last", "shots")  # of a smoothed take the shots say what it was learned from

Named = tuple[tuple[str, str], ...]  # takes, each with a fingerprint of what made it


@frozen
class Glance:
    rows: tuple[KeyFigures, ...]
    judgement: str
    warning: str
    looks: tuple[str, ...]  # those that were chosen then, also such as were left out
    takes: Named  # those that were whole then, of those that were looked at
    frames: str  # a fingerprint of how they were read


def write(study: Study, measured: Measurements, every: bool = True) -> None:
    """`every`: all takes were asked for; else only those with a row were looked at."""
    rows = tuple(key_figures(row) for row in measured.rows)
    folders = {study.folder.joinpath(*row.folder.split("/")) for row in measured.takes}
    takes = _whole([take for take in study.readable_takes() if every or take.folder in folders])
    seen = Glance(rows, measured.judgement, measured.warning, _chosen(study), takes, _frames(study))
    if seen != read(study):
        write_json(study.report_folder / NAME, {"schema": SCHEMA, **to_json(seen)})


def read(study: Study) -> Glance | None:
    """None where nothing was measured yet, or where it cannot be read: measuring writes it again."""
    path = study.report_folder / NAME
    if not disk.long_path(path).is_file():
        return None
    try:
        plain = read_json(path)
        return read_as(Glance, plain, path) if plain.pop("schema", None) == SCHEMA else None
    except Failure:
        return None


def changed(then: Glance, study: Study, takes: Sequence[Take]) -> str:
    """Why the report does not speak of what is there now, in a sentence; '' where it does."""
    if then.frames != _frames(study):
        return "The strip's frames were read anew since."
    if set(then.looks) != set(_chosen(study)):
        return "Other looks were chosen since."
    before, now = dict(then.takes), dict(_whole(takes))
    for name, made in now.items():
        if name not in before:
            return f"“{name}” was not measured yet."
        if made != before[name]:
            return f"“{name}” was rendered again since."
    gone = next((name for name in before if name not in now), "")
    return f"“{gone}” is not there any more, or not whole." if gone else ""


def _chosen(study: Study) -> tuple[str, ...]:
    return tuple(look.name for look in study.gallery.chosen())


def _whole(takes: Sequence[Take]) -> Named:
    made = [(take.name, take.note()) for take in takes if take.whole]
    return tuple((name, fingerprint_of(*(str(note.get(key)) for key in MADE_BY))) for name, note in made)


def _frames(study: Study) -> str:
    return fingerprint_of(study.stamp(), study.source.first, study.source.last)
