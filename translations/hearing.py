"""From a sentence that comes ready from elsewhere back to its template, so that it can be said in another language.

The backend, the session and whoever raises a Failure say English sentences with their values in them, which no
dictionary knows. A table has them with `{}` for each value, and `{said…}` for one that is words of ours itself."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping

SENTENCE_ENDS = re.compile(r"(?<=[.?!:]) (?=[A-Z“])|(?<=[.?!]) (?=[0-9])")
COMMA = ", "
CLAUSE_ENDS = re.compile(f"{COMMA}(?![^“]*”)")  # of what a job says while it works; a name in quotes may have its own


class Ear:
    """Knows the sentences of one table again."""

    def __init__(self, table: Mapping[str, str], elsewhere: Callable[[str], str]) -> None:
        """`elsewhere` looks up what is no sentence of the table: a job's title, for instance."""
        self._whole = {english: said for english, said in table.items() if "{" not in english}
        patterns = sorted((english for english in table if "{" in english), key=_letters, reverse=True)
        self._patterns = [(_pattern(english), table[english]) for english in patterns]
        self._elsewhere = elsewhere

    def say(self, text: str) -> str:
        """As it came where it is not known. Parts are tried first: a value may hold anything, also a full stop."""
        if text in self._whole:
            return self._whole[text]
        sentences, clauses = SENTENCE_ENDS.split(text), CLAUSE_ENDS.split(text)
        for parts, between in ((sentences, " "), (clauses, COMMA)):
            known = [said for part in parts if (said := self._known(part)) is not None]
            if len(parts) == len(known) > 1:
                return between.join(known)
        if (said := self._known(text)) is not None:
            return said
        return " ".join(self._known(part) or part for part in sentences)

    def _known(self, text: str) -> str | None:
        if text in self._whole:
            return self._whole[text]
        for pattern, said in self._patterns:
            if found := pattern.fullmatch(text):
                return self._filled(said, found)
        return None

    def _filled(self, said: str, found: re.Match[str]) -> str:
        named = {name: self._word(value) for name, value in found.groupdict().items()}
        places = found.re.groupindex.values()
        plain = [value for place, value in enumerate(found.groups(), 1) if place not in places]
        return said.format(*plain, **named)

    def _word(self, text: str) -> str:
        said = self.say(text)
        return self._elsewhere(text) if said == text else said


def _pattern(english: str) -> re.Pattern[str]:
    parts = []
    for before, name, _, _ in string.Formatter().parse(english):
        parts.append(re.escape(before))
        if name is not None:
            parts.append(f"(?P<{name}>.+?)" if name else "(.+?)")
    return re.compile("".join(parts), re.DOTALL)


def _letters(english: str) -> int:
    """What says most of itself is tried first."""
    return len(re.sub(r"\{\w*\}", "", english))
