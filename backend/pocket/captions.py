"""The words of the pocket world: its styles, times, weathers and vehicles, and the captions made of them."""

from enum import Enum
from typing import TypeVar

Word = TypeVar("Word", bound=Enum)


class Style(Enum):
    """How a frame is painted; the value is how a caption says it."""

    PHOTO = "photo"
    NEON = "neon tron painting"
    OIL = "oil painting"
    MOSAIC = "stained glass mosaic"
    TOON = "cartoon for children"
    WATERCOLOR = "watercolor"
    PAPER = "paper cutout"
    SKETCH = "pencil sketch"
    BLUEPRINT = "blueprint drawing"
    POSTER = "vintage poster"
    SEPIA = "sepia photograph"


PAINTED = tuple(style for style in Style if style is not Style.PHOTO)
"""Every style but the photo, which is the source."""

NON_LOCAL = (Style.NEON, Style.OIL, Style.MOSAIC, Style.TOON, Style.WATERCOLOR, Style.PAPER)
"""Styles that no filter of small patches makes: strokes on objects, shapes redrawn, detail gone, day into night."""


class Time(Enum):
    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(Enum):
    CLEAR = "clear"
    FOG = "fog"
    SNOW = "snow"
    RAIN = "rain"


class Colour(Enum):
    RED = "red"
    BLUE = "blue"
    YELLOW = "yellow"
    WHITE = "white"
    GREEN = "green"


class Vehicle(Enum):
    CAR = "car"
    VAN = "van"
    BUS = "bus"


def word(kind: type[Word], value: Word | str) -> Word:
    """The enum member that a word names, by value or by name, so that users may write "neon" or Style.NEON."""
    if isinstance(value, kind):
        return value
    for member in kind:
        if str(value).lower() in (str(member.value), member.name.lower()):
            return member
    known = ", ".join(member.name.lower() for member in kind)
    raise ValueError(f"{value!r} is not a {kind.__name__.lower()} of the pocket world: choose one of {known}.")


def caption(
    style: Style | str,
    time: Time | str,
    colour: Colour | str = Colour.RED,
    vehicle: Vehicle | str = Vehicle.CAR,
    weather: Weather | str = Weather.CLEAR,
) -> str:
    """One sentence that says everything a caption can, as in "a photo of a red car in a night city with rain"."""
    style, weather = word(Style, style), word(Weather, weather)
    article = "an" if style.value[0] in "aeiou" else "a"
    tail = "" if weather is Weather.CLEAR else f" with {weather.value}"
    painted, driven = word(Colour, colour).value, word(Vehicle, vehicle).value
    return f"{article} {style.value} of a {painted} {driven} in a {word(Time, time).value} city{tail}"


def vocabulary() -> list[str]:
    """Every word that captions are made of, sorted; the tokenizer spells all others out in bytes."""
    kinds: tuple[type[Enum], ...] = (Style, Time, Weather, Colour, Vehicle)
    said = {part for kind in kinds for member in kind for part in str(member.value).split()}
    glue = "a an of in with the and on at city street road picture drawing painting style by driving through"
    return sorted(said | set(glue.split()))
