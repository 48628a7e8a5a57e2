"""How long a job will take."""

from ..backend.lasting import in_words


def remaining(text: str, seconds: float | None) -> tuple[str, str]:
    """What a job says without the time that it says it needs, and that time; the pace tells it where it says none."""
    words, _, said = text.rpartition(", ")
    if words and said.endswith(" left"):
        return words, said.removesuffix(" left").removeprefix("at most ")
    return text, "" if seconds is None else in_words(seconds)
