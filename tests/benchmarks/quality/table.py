"""The bars of issue 4, and the table of what tuning came to beside everything simpler."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from backend.pocket.captions import NON_LOCAL, Style

from .runner import Tuned
from .scores import Scores
from .task import Setting, Task

CEILING = "truth"  # what the VAE leaves of it
SPREAD = "propagated"  # our own other way, without a model: no rival either, but it says what the model is good for
PLAIN = ("plain 0.45", "plain 0.75")


@dataclass(frozen=True)
class Entry:
    task: Task
    rivals: Mapping[str, Scores]
    tuned: Tuned

    @property
    def plain(self) -> float:
        return max(self.rivals[name].psnr for name in PLAIN)

    @property
    def plain_excess(self) -> float:
        return min(self.rivals[name].excess for name in PLAIN)

    @property
    def best(self) -> tuple[str, float]:
        """The best of the rivals, and its PSNR."""
        found = {name: scores.psnr for name, scores in self.rivals.items() if name not in (CEILING, SPREAD)}
        return max(found.items(), key=lambda pair: pair[1])


@dataclass(frozen=True)
class Bar:
    text: str
    value: float
    wanted: float
    above: bool

    @property
    def met(self) -> bool:
        return self.value >= self.wanted if self.above else self.value <= self.wanted

    def __str__(self) -> str:
        sign = "≥" if self.above else "≤"
        return f"{'met   ' if self.met else 'MISSED'}  {self.text}: {self.value:.2f} (wanted {sign} {self.wanted:g})"


def bars(entries: Sequence[Entry]) -> list[Bar]:
    found = []
    for style, some in by_style(entries).items():
        name, own = style.name.lower(), [e.tuned.scores for e in some]
        found.append(Bar(f"{name}, dB over the better plain", _median(some, _over_plain), 4, True))
        if style in NON_LOCAL:
            found.append(Bar(f"{name}, dB over every rival", _median(some, _over_rivals), 1.5, True))
        found.append(_steadiness(name, some))
        found.append(Bar(f"{name}, dB from the median to the worst tenth", _drop(own, "psnr", "worst_tenth"), 2, False))
        found.append(Bar(f"{name}, dB from next to the look to 60 frames away", _drop(own, "near", "far"), 1.5, False))
        found.append(Bar(f"{name}, the car on the worst frame of the worst clip", min(s.car for s in own), 0.8, True))
    return found


def bars_of_looks(entries: Sequence[Entry]) -> list[Bar]:
    """Of setting B, where there is no right answer to be near to."""
    return [_steadiness(style.name.lower(), some) for style, some in by_style(entries).items()]


def losses(entries: Sequence[Entry]) -> list[str]:
    """Where a rival is nearer to the truth."""
    return [loss for e in entries for loss in _behind(e, lambda s: s.psnr, "nearer to the truth by {:.2f} dB")]


def losses_of_looks(entries: Sequence[Entry]) -> list[str]:
    """Where a rival is steadier, or nearer to the look."""
    found = []
    for e in entries:
        found += _behind(e, lambda s: -s.excess, "steadier by {:.2f} levels of 255")
        found += _behind(e, lambda s: -s.fidelity, "nearer to the look by {:.3f}")
    return found


def _behind(entry: Entry, good: Callable[[Scores], float], words: str) -> list[str]:
    task, own = entry.task, good(entry.tuned.scores)
    by = {name: good(scores) - own for name, scores in entry.rivals.items() if name != CEILING}
    who = f"{task.seed} {task.style.name.lower()}"
    return [f"{who}: {name} is {words.format(more)}" for name, more in by.items() if more > 0]


def rows(entries: Sequence[Entry]) -> list[str]:
    """A line for each style and painter: medians over the clips, and the range of the PSNR."""
    made = [
        f"{'style':11}{'painter':14}{'PSNR':>6}{'range':>13}{'worst¹⁰':>9}{'near':>6}{'far':>6}{'SSIM':>6}{'excess':>8}"
        f"{'car':>6}{'worst':>6}{'warp':>6}{'look':>7}{'compos':>8}"
    ]
    for style, some in by_style(entries).items():
        painters = {"tuned": [e.tuned.scores for e in some]}
        painters |= {name: [e.rivals[name] for e in some] for name in some[0].rivals}
        for name, scores in painters.items():
            of = {key: median(getattr(s, key) for s in scores) for key in vars(scores[0])}
            low, high = min(s.psnr for s in scores), max(s.psnr for s in scores)
            car = min(s.car for s in scores)
            made.append(
                f"{style.name.lower():11}{name:14}{of['psnr']:6.2f}{f'{low:.1f}–{high:.1f}':>13}"
                f"{of['worst_tenth']:9.2f}{of['near']:6.1f}{of['far']:6.1f}{of['ssim']:6.2f}{of['excess']:8.2f}"
                f"{of['car_median']:6.2f}{car:6.2f}{of['warp_error']:6.1f}{of['fidelity']:7.3f}"
                f"{of['composition']:8.2f}"
            )
    return made


def by_style(entries: Sequence[Entry]) -> dict[Style, list[Entry]]:
    found: dict[Style, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.task.style, []).append(entry)
    return found


def of_setting(entries: Sequence[Entry], setting: Setting) -> list[Entry]:
    return [e for e in entries if e.task.setting is setting]


def _steadiness(name: str, entries: Sequence[Entry]) -> Bar:
    share = median(e.tuned.scores.excess / e.plain_excess for e in entries)
    return Bar(f"{name}, excess as a share of the better plain's", share, 0.5, False)


def _over_plain(entry: Entry) -> float:
    return entry.tuned.scores.psnr - entry.plain


def _over_rivals(entry: Entry) -> float:
    return entry.tuned.scores.psnr - entry.best[1]


def _median(entries: Sequence[Entry], figure: Callable[[Entry], float]) -> float:
    return median(figure(entry) for entry in entries)


def _drop(scores: Sequence[Scores], above: str, below: str) -> float:
    return median(getattr(s, above) - getattr(s, below) for s in scores)
