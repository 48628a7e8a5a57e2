"""The judgement: plain sentences that say where a take wins and where it loses."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from backend import judgement
from backend.measurements import Figures, Kind, Row, Series

AGAINST = ("less steady", "farther", "laid out otherwise")

SERIES = Series((), (), ())


def row(
    name: str, warp: float, look: float | None = 0.2, composition: float = 0.6, psnr: float | None = None, **made: str
) -> Row:
    figures = Figures(warp, warp, composition, look, psnr)
    kind = Kind.SOURCE if name == "source" else Kind.TAKE
    return Row(name, kind, name, name, figures, SERIES, (), made=tuple(made.items()))


SOURCE = row("source", 4, 0.8, 1.0)
PLAIN = row("plain 0.45", 20, 0.2, way="plain", strength="0.45")


def said(*takes: Row, source: Row = SOURCE) -> dict[str, str]:
    return {take.name: take.judgement for take in judgement.judged(source, takes)}


@pytest.mark.parametrize(
    ("take", "sentence"),
    [
        (row("t", 7.8), "Steadier than plain by 61%, as near to the look."),
        (row("t", 10, 0.1), "Steadier than plain by 50%, nearer to the look by 50%."),
        (row("t", 5, 0.3), "Steadier than plain by 75%, but farther from the look by 50%."),
        (row("t", 20.5, 0.1), "As steady as plain, nearer to the look by 50%."),
        (
            row("t", 26, 0.1),
            "Less steady than plain (26.0 levels of warp error after 20.0), but nearer to the look by 50%.",
        ),
        (
            row("t", 26, 0.3),
            "Less steady than plain (26.0 levels of warp error after 20.0), farther from the look by 50%.",
        ),
        (row("t", 20.5, 0.3), "As steady as plain, but farther from the look by 50%."),
        (row("t", 26), "Less steady than plain (26.0 levels of warp error after 20.0), but as near to the look."),
        (row("t", 10, None), "Steadier than plain by 50%."),
        (
            row("t", 10, 0.2, composition=0.1),
            "Steadier than plain by 50%, as near to the look, but laid out otherwise than the strip.",
        ),
    ],
)
def test_a_take_is_judged_beside_the_plain_one(take: Row, sentence: str) -> None:
    assert said(take, PLAIN)["t"] == sentence


def test_it_is_beside_the_plain_one_of_the_nearest_strength() -> None:
    strong = row("plain 0.75", 40, 0.2, way="plain", strength="0.75")
    take = row("tuned 0.7", 20, strength="0.7")
    assert said(take, PLAIN, strong)["tuned 0.7"] == "Steadier than plain by 50%, as near to the look."


def test_it_is_not_beside_a_plain_one_of_another_prompt() -> None:
    night = row("plain night", 20, 0.9, way="plain", strength="0.7", prompt="a night")
    day = row("plain day", 40, 0.2, way="plain", strength="0.45", prompt="a day")
    take = row("tuned", 20, strength="0.7", prompt="a day")
    assert said(night, day, take)["tuned"] == "Steadier than plain by 50%, as near to the look."
    assert "the strip itself" in said(night, take)["tuned"]
    assert said(night, row("spread", 10, 0.9))["spread"].startswith("Steadier than plain"), "which has none of its own"


def test_what_was_made_from_another_take_is_judged_beside_that() -> None:
    tuned = row("tuned", 10, 0.2, way="tuned")
    smooth = row("tuned smooth", 5, 0.21, source="tuned")
    assert said(PLAIN, tuned, smooth)["tuned smooth"] == "Steadier than “tuned” by 50%, as near to the look."


def test_without_a_plain_take_it_is_beside_the_strip() -> None:
    assert said(row("t", 8, 0.2))["t"] == (
        "Less steady than the strip itself (8.0 levels of warp error after 4.0), "
        "but nearer to the look than the strip is by 75%."
    )
    assert said(row("t", 4.1, 0.81))["t"] == (
        "As steady as the strip itself, but no nearer to the look than the strip is."
    )


def test_where_the_truth_is_known_it_counts_too() -> None:
    plain = row("plain", 20, 0.2, psnr=10.0, way="plain")
    nearer, farther = (said(row("t", 10, 0.2, psnr=psnr), plain)["t"] for psnr in (12.5, 9.0))
    assert nearer.endswith("as near to the look, nearer to the truth by 2.5 dB.")
    assert farther.endswith("as near to the look, but farther from the truth by 1.0 dB.")


@pytest.mark.parametrize("moved", [0.6, 0.1])
@pytest.mark.parametrize("psnr", [11.4, 10.0, 8.6])
@pytest.mark.parametrize("look", [0.1, 0.2, 0.572])
@pytest.mark.parametrize("warp", [7.4, 20.0, 26.0])
def test_what_speaks_for_it_and_what_against_it_stand_together(
    warp: float, look: float, psnr: float, moved: float
) -> None:
    plain = row("plain", 20, 0.2, psnr=10.0, way="plain")
    sentence = said(row("t", warp, look, moved, psnr), plain)["t"]
    sides = [side.split(", ") for side in sentence[:-1].lower().split(", but ")]
    against = [[clause.startswith(AGAINST) for clause in side] for side in sides]
    lost = [warp > 20, look > 0.2, psnr < 10, *[True] * (moved < 0.2)]
    assert len(sides) == len(set(lost)) <= 2
    assert [len(set(side)) for side in against] == [1] * len(sides), sentence
    assert sorted(itertools.chain(*against)) == sorted(lost)
    assert "stead" in sides[0][0], "which is what it is about"


def test_a_sentence_that_turned_twice_turns_once() -> None:
    plain = row("plain", 20, 0.2, psnr=10.0, way="plain")
    assert said(row("t", 7.4, 0.572, psnr=11.4), plain)["t"] == (
        "Steadier than plain by 63%, nearer to the truth by 1.4 dB, but farther from the look by 186%."
    )


def test_without_a_plain_take_its_steadiness_is_beside_the_truth_where_that_is_known() -> None:
    truth = row("truth", 10, 0.1)
    take = replace(row("t", 12, 0.2), figures=Figures(12, 12, 0.6, 0.2, psnr_truth=20.0, excess=5.0))
    sentence = judgement.judged(SOURCE, [take], truth)[0].judgement
    assert sentence.startswith(
        "Less steady than the truth (12.0 levels of warp error after 10.0), but nearer to the look"
    )
    assert judgement.judged(SOURCE, [PLAIN, take], truth)[1].judgement.startswith("Steadier than plain by 40%")
    other_style = judgement.judged(SOURCE, [row("oil", 12, 0.2)], truth)[0].judgement
    assert other_style.startswith("Less steady than the strip itself")


def test_a_strip_that_stands_still_is_no_division_by_nothing() -> None:
    still = row("source", 0.0, 0.0, 1.0)
    assert said(row("t", 0.0, 0.0), source=still)["t"].startswith("As steady as the strip itself")
    assert said(row("t", 3.0, 0.4), source=still)["t"].startswith("Less steady than the strip itself (3.0 levels")


def test_of_all_the_best_is_named() -> None:
    good, blurred, wild = row("good", 10, 0.1), row("blurred", 5, 0.5), row("wild", 30, 0.05)
    assert judgement.of_all(SOURCE, (PLAIN, wild, blurred, good)).startswith("“good” is steadier than plain by 50%")
    assert judgement.of_all(SOURCE, (PLAIN,)).startswith("“plain 0.45” is less steady than the strip itself")
    assert judgement.of_all(SOURCE, ()) == judgement.NO_TAKE
