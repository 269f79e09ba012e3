"""«2024年5—6月的报道写的是…»: the time is that of the article itself; what it is said to write is left to be proven."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.chinese.text import fold
from corpus.chinese.timing import time_mentions
from corpus.records import Published, TimeMention

_WHEN = "(?P<when>(?:19|20)[0-9]{2}年[^,.;:的]{0,10}?)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        f"(?P<before>)(?:据|根据)?{_WHEN}的?(?:报道|报导|文章)(?:里|中)?(?:则|还|只|也)?(?:写到|写|说|提到|称|指出|介绍|显示)?(?:的)?(?:则)?(?:是|有)?[,:]?(?P<rest>.+)",
        f"(?P<before>.{{4,}}),(?:这是)?(?:据|根据)?{_WHEN}的?(?:报道|报导|文章)(?P<rest>[.]?)",
    )
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """What an article of the time `when` is said to write."""

    text: str
    when: TimeMention

    def fits(self, published: Sequence[Published | None]) -> bool:
        """Whether articles of these dates may be meant: each lies within the time; of a calculation one may lie elsewhere."""
        enough = any if re.search("[=≈]", fold(self.text)) else all
        bounds = self.when.bounds
        return enough(
            one is not None and bounds is not None and bounds[0] <= one.last and one.first <= bounds[1]
            for one in published
        )


def attribution(sentence: str) -> Attribution | None:
    """Return what a sentence says that an article of some time writes; None when it speaks of none."""
    folded = fold(sentence)
    for form in _FORMS:
        found = form.fullmatch(folded)
        if found is None:
            continue
        times = time_mentions(sentence[found.start("when") : found.end("when")], None)
        if len(times) != 1 or times[0].first is None:
            continue
        text = sentence[: found.end("before")] + sentence[found.start("rest") :]
        return Attribution(text if text.endswith("。") else text + "。", times[0])
    return None
