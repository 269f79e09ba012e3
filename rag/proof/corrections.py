"""«不是甲，而是乙»: what is denied stands in the question, what is asserted is left for the spans to prove."""

from __future__ import annotations

import re

from corpus.chinese.facts import quantities
from corpus.chinese.text import fold

_FORMS = tuple(
    re.compile(form)
    for form in (
        "(?P<lead>.*?)(?P<verb>是)?(?:并?不|并非)是?(?P<denied>[^,.;:]{1,24}?)(?P<tail>的)?,(?:而是|而在|而|是)(?P<rest>.+)",
        "(?P<lead>.*?)(?P<verb>)(?:没有|并未|不是|不用|不需要|不必)(?P<denied>[^,.;:]{1,16})(?P<tail>),(?:而是)?(?P<rest>.+)",
        "(?P<lead>.*?)(?P<verb>)不全?(?:都)?(?:是|在)(?P<denied>[^,.;:]{1,16})(?P<tail>),还有(?P<rest>.+)",
        "(?P<lead>[^,]+),(?P<verb>)不是(?P<denied>[^,.;:]{1,12})(?P<tail>)[,:](?P<rest>.+)",
    )
)
_IDLE = re.compile("[的了是在有和与]|直接|完成")


def without_denial(sentence: str, question: str) -> str | None:
    """Return `sentence` without the part that denies what the question supposes; None when it denies something else.

    A sentence that corrects nothing comes back as it is.
    """
    folded, denied_other = fold(sentence), False
    for form in _FORMS:
        found = form.fullmatch(folded)
        if found is None:
            continue
        if not _asked(found["denied"], fold(question)):
            denied_other = "而" in folded[found.end("denied") : found.start("rest")]
            continue
        lead = sentence[: found.end("lead")]
        rest = sentence[found.start("rest") :]
        joined = "是" if lead and not lead.endswith(("，", "：")) and "而是" in folded else ""
        return re.sub("[，：]$", "", lead) + ("，" if lead.endswith(("，", "：")) else joined) + rest
    return None if denied_other else sentence


def _asked(denied: str, question: str) -> bool:
    """Whether the question holds what is denied: figures by value, words by their characters."""
    values = quantities(denied)
    asked = quantities(question)
    for one in values:
        if not any((one.low, one.base) == (other.low, other.base) for other in asked) and one.text not in question:
            return False
    words = _IDLE.sub("", re.sub("[0-9.%]+|[^\u3400-\u9fffa-z]", "", denied))
    held = sum(word in question for word in words)
    return held >= 0.8 * len(words)
