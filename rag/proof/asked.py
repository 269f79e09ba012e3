"""What a question and its reader add to a proof: a value that answers, words that a span lends, an answer that is another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import names
from corpus.chinese.text import fold
from rag.checks.content import ANSWERING, Strictness, covered_characters
from rag.checks.faults import SOUND, Fault, Found
from rag.checks.statements import Ground, Statement
from rag.proof.agreement import agrees, gives
from rag.proof.checked import faults, first
from rag.proof.contradictions import contradicts
from rag.proof.evidence import ShownEvidence
from rag.proof.values import CERTAIN, SURE, Read, Reads, bare_value, is_answer, is_pure, prints

_LENT = 0.3  # probability that a span answers, from which it speaks of the question's things in its own words
_NAME = 8  # characters of a name that stands alone
_PLACE = re.compile("[\u4e00-\u9fff]{2}(?:[区县市省]|街道|镇|乡|村|经开区|开发区|新城)(?![域块间别内])")


class AskedQuestion:
    """A question, or none, and how each span reads as an answer to it: `reads` tells, where anybody can."""

    def __init__(self, text: str, evidence: ShownEvidence, reads: Reads | None, strictness: Strictness) -> None:
        self.text = text
        self._evidence = evidence
        self._reads = reads
        self._strictness = strictness
        told = (text, *(one.text for one in evidence.spans)) if text else ()
        said = {fold(name.text) for one in told for name in names(one)}
        self._names = sorted((name for name in said if len(name) >= 2 and name in fold(text)), key=len, reverse=True)

    def value_alone(self, statement: Statement, numbers: Sequence[int]) -> Found | None:
        """Return whether a statement is a value that one of the spans answers with; None where that is not to be told so."""
        value = bare_value(statement.text) if self.text else None
        printing = [n for n in numbers if value is not None and prints(value, self._evidence.grounds[n])]
        if value is None or not printing:
            return None
        if any(is_answer(value, self._read(n), self.text, self._evidence.grounds[n]) for n in printing):
            return SOUND
        alone = is_pure(value) or len(value) <= _NAME < len(statement.text)
        return (Fault.EMPTY, "") if alone else None

    def is_given(self, statement: Statement, numbers: Sequence[int]) -> bool:
        """Whether a statement gives the words of which the reader is sure that one of the spans answers with them."""
        return any(self._gives(statement, n) for n in numbers)

    def lends(self, statement: Statement, numbers: Sequence[int]) -> bool:
        """Whether the words of the question, which a span answers, are all that a statement lacks."""
        if not self.text:
            return False
        grounds, given = self._evidence.of(numbers), self.is_given(statement, numbers)
        lacking = faults(
            statement,
            grounds,
            ANSWERING if given else self._strictness,
            question=self.text,
            lent=self._lent(grounds),
            around=self._evidence.around,
            given=given,
        )
        return not first(lacking)[0] and (
            self._reads is None or any(one.probability >= _LENT for one in self._all_read(numbers))
        )

    def answered_otherwise(self, statement: Statement, numbers: Sequence[int]) -> str:
        """Return the value that the spans answer with where a statement gives another one of the kind; or nothing."""
        return contradicts(statement, self.text, self._all_read(numbers)) if self.text else ""

    def is_contradicted(self, statement: Statement, numbers: Sequence[int]) -> bool:
        """Whether the reader has no doubt that the spans answer with other words than a statement gives."""
        if self.answered_otherwise(statement, numbers):
            return True
        certain = [one for one in self._all_read(numbers) if one.sure >= CERTAIN and one.probability >= SURE]
        return bool(certain) and not any(agrees(statement.text, one.answers[0]) for one in certain)

    def _read(self, n: int) -> Read | None:
        return self._reads(n) if self._reads is not None else None

    def _all_read(self, numbers: Sequence[int]) -> list[Read]:
        return [one for n in numbers if (one := self._read(n)) is not None]

    def _gives(self, statement: Statement, n: int) -> bool:
        read = self._read(n)
        return (
            not self._names_elsewhere(statement, n)
            and read is not None
            and read.sure >= SURE
            and read.probability >= _LENT
            and bool(read.answers)
            and gives(statement.text, read.answers[0])
        )

    def _names_elsewhere(self, statement: Statement, n: int) -> bool:
        """Whether words that neither a span nor the question holds were found elsewhere; or a place that neither names."""
        held = [self._evidence.grounds[n], Ground(self.text)]
        marks = covered_characters(statement, held)
        for run in statement.content:
            text = "".join(statement.folded[at] if not marks[at] else " " for at in range(run.start, run.end))
            if any(len(word) >= 2 and word in self._evidence.around for word in text.split()):
                return True
        folded = "\n".join(ground.folded for ground in held)
        return any(found.group() not in folded for found in _PLACE.finditer(statement.folded))

    def _lent(self, grounds: Sequence[Ground]) -> str:
        """Return the question without the names of what these spans do not speak of."""
        text = fold(self.text)
        spoken_of = "\n".join(fold(ground.before + ground.text + ground.heading) for ground in grounds)
        for name in self._names:
            if name not in spoken_of:
                text = text.replace(name, " ")
        return text
