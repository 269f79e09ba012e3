"""Which blocks of an article may answer a question of which kind."""

from __future__ import annotations

import re

from corpus.chinese.text import fold
from corpus.records import BlockKind
from rag.question.kinds import AnswerKind, Asked
from rag.reading.candidates import Candidate
from rag.reading.ranker import common_runs

# A caption that only names what the picture shows answers what that is called, and nothing else.
_ANSWERED_BY_NAMES = frozenset({AnswerKind.NAME, AnswerKind.OTHER, AnswerKind.PERSON, AnswerKind.ORGANISATION})
_TELLS = re.compile("[,;:!]|[.](?![0-9])|[是有在为达获正将已开建办入成做让把被用]|位于|坐落|地处|聚焦|展示|亮相|参[观加与]|体验|工作|生产|介绍|自主|[0-9]")
_NAMING = frozenset({BlockKind.COLUMN, BlockKind.KICKER, BlockKind.HEADLINE, BlockKind.HEADING})


def quotable(candidate: Candidate, asked: Asked) -> bool:
    """Tell whether a block may answer. Headings name a thing and say nothing of it; a byline answers for its names."""
    if candidate.kind is BlockKind.BYLINE:
        return common_runs(asked.folded, fold(candidate.text))[1] > 0
    if candidate.kind is BlockKind.CAPTION and asked.kind not in _ANSWERED_BY_NAMES:
        return _TELLS.search(fold(candidate.text)) is not None
    return candidate.kind not in _NAMING
