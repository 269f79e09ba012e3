"""What comes of a sentence: proven by numbered spans, or withheld for a fault."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a sentence is withheld."""

    NONE = ""
    NO_SOURCE = "no source"  # no mark that means anything, and no span that proves it
    EMPTY = "says nothing"
    TOO_LONG = "too long"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    NUMERAL = "numeral"
    BOUND = "figure of another thing"
    STRONG = "overstated"
    REVERSED = "reversed"
    PLAN = "plan told as result"
    COVER = "content"
    ORDER = "names exchanged"
    CAUSE = "cause and effect"
    COMPARED = "compared wrongly"
    VALUE = "another value than the span answers with"
    REPORTED = "another article's date"
    DOUBTED = "the reader doubts it"
    ABSENCE = "statement of absence"  # proves nothing; whoever shows it does so beside something proven


Found = tuple[Fault, str]  # with the words at fault, where there are any
SOUND: Found = (Fault.NONE, "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`numbers` are the spans that prove the sentence, in order; empty when it is withheld, then `fault` says why.

    `repaired`: the sentence did not cite them itself.
    """

    numbers: tuple[int, ...]
    fault: Fault
    detail: str = ""
    repaired: bool = False
    calculation: str = ""  # the formula that the sentence shows, as text

    @property
    def proven(self) -> bool:
        return not self.fault
