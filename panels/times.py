"""How long a job will take, in words that are as exact as an estimate can be."""


def remaining(text: str, seconds: float | None) -> tuple[str, str]:
    """What a job says without the time that it says it needs, and that time; the pace tells it where it says none."""
    words, _, said = text.rpartition(", ")
    if words and said.endswith(" left"):
        return words, said.removesuffix(" left").removeprefix("at most ")
    return text, "" if seconds is None else in_words(seconds)


def in_words(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes < 600 else f"{round(minutes / 60)} h"
