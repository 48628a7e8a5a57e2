"""What the figures come to, in plain sentences: how steady a take is, and how true to its look.

Both are always said, for a blurred take is steady too, and beside what the take is to beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .composition import has_moved
from .frozen import frozen
from .measurements import Row

ALIKE = 0.05  # of a figure: what is nearer than this counts as kept
NOTHING = 1e-3  # a level of 255, or a distance

UNTOLD = "not to be judged: there is nothing to compare"
NO_TAKE = "There is no take to judge yet: these are the strip's own figures, the floor that a take is measured against."


def judged(source: Row, takes: Sequence[Row], truth: Row | None = None) -> tuple[Row, ...]:
    """The takes with a sentence each."""
    return tuple(replace(take, judgement=_sentence(_found(take, source, takes, truth))) for take in takes)


def of_all(source: Row, takes: Sequence[Row], truth: Row | None = None) -> str:
    """Of the best take: of those that are steadier than what they are to beat, the one nearest to its look."""
    if not takes:
        return NO_TAKE
    best = min([take for take in takes if not is_plain(take)] or takes, key=lambda take: _rank(take, takes))
    return f"“{best.name}” is {_found(best, source, takes, truth)}."


def is_plain(row: Row) -> bool:
    return dict(row.made).get("way") == "plain"


def rival(take: Row, takes: Sequence[Row]) -> Row | None:
    """What a take is to beat: the one it was made from, or else the plain one of its prompt and nearest strength."""
    origin = dict(take.made).get("source", take.name)
    if origin != take.name and (found := next((row for row in takes if row.name == origin), None)):
        return found
    plain = [] if is_plain(take) else [row for row in takes if is_plain(row) and _may_share_prompt(row, take)]
    return min(plain, key=lambda row: (abs(_strength(row) - _strength(take)), row.name), default=None)


def _rank(take: Row, takes: Sequence[Row]) -> tuple[bool, float, float]:
    other, figures = rival(take, takes), take.figures
    mine, theirs = figures.warp_error, other.figures.warp_error if other else None
    loses = mine is not None and theirs is not None and mine >= theirs
    return loses, figures.look_fidelity or 0.0, mine or 0.0


def _may_share_prompt(one: Row, other: Row) -> bool:
    """Some were made without one."""
    prompts = {dict(row.made).get("prompt", "") for row in (one, other)}
    return len(prompts - {""}) < 2


def _strength(row: Row) -> float:
    try:
        return float(dict(row.made).get("strength", "0"))
    except ValueError:
        return 0.0


# --- the sentence


@frozen
class Clause:
    """One thing that was found. What is kept speaks for a take."""

    text: str
    against: bool = False


def _found(take: Row, source: Row, takes: Sequence[Row], truth: Row | None) -> str:
    other = rival(take, takes)
    beside = other or source
    if other:
        floor, name = other, "plain" if is_plain(other) else f"“{other.name}”"
    elif truth and take.figures.excess is not None:  # whose strong colours may change more than the strip's own do
        floor, name = truth, "the truth"
    else:
        floor, name = source, "the strip itself"
    clauses = []
    if take.figures.warp_error is not None and floor.figures.warp_error is not None:
        clauses.append(_steadiness(take.figures.warp_error, floor.figures.warp_error, name))
    if take.figures.look_fidelity is not None and beside.figures.look_fidelity is not None:
        than = "" if other else " than the strip is"
        clauses.append(_fidelity(take.figures.look_fidelity, beside.figures.look_fidelity, than))
    if take.figures.psnr_truth is not None and beside.figures.psnr_truth is not None:
        clauses.append(_truth(take.figures.psnr_truth - beside.figures.psnr_truth))
    if has_moved(take.figures.composition):
        clauses.append(Clause("laid out otherwise than the strip", against=True))
    return _joined(clauses or [Clause(UNTOLD)])


def _steadiness(mine: float, theirs: float, name: str) -> Clause:
    change = _change(mine, theirs)
    if abs(change) <= ALIKE:
        return Clause(f"as steady as {name}")
    if change < 0:
        return Clause(f"steadier than {name} by {-change:.0%}")
    return Clause(f"less steady than {name} ({mine:.1f} levels of warp error after {theirs:.1f})", against=True)


def _fidelity(mine: float, theirs: float, than: str) -> Clause:
    change = _change(mine, theirs)
    if abs(change) <= ALIKE:
        return Clause(f"no nearer to the look{than}", against=True) if than else Clause("as near to the look")
    way = "nearer to" if change < 0 else "farther from"
    return Clause(f"{way} the look{than} by {abs(change):.0%}", against=change > 0)


def _truth(gain: float) -> Clause:
    if abs(gain) < 0.1:
        return Clause("as near to the truth")
    return Clause(f"{'nearer to' if gain > 0 else 'farther from'} the truth by {abs(gain):.1f} dB", against=gain < 0)


def _joined(clauses: Sequence[Clause]) -> str:
    """What speaks for it and what speaks against it, with one “but” between. The side of the first one begins."""
    order = (clauses[0].against, not clauses[0].against)
    sides = [", ".join(clause.text for clause in clauses if clause.against is side) for side in order]
    return ", but ".join(filter(None, sides))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _change(mine: float, theirs: float) -> float:
    """By which share of theirs mine is larger. Beside nothing at all, everything is twice as much."""
    if theirs < NOTHING:
        return float(mine >= NOTHING)
    return mine / theirs - 1
