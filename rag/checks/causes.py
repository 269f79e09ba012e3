"""«因为甲，所以乙»: both stand in the spans, and the spans give them as cause and effect, not the other way round."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from rag.checks.statements import pairs_in

_CLAIMS = tuple(
    re.compile(form)
    for form in (
        "(?:.*?[:,])?(?:是)?(?:因为|由于|因)(?P<cause>[^.;]+?),(?P<effect>[^.;]+)[.;]?.*",
        "(?P<effect>[^.;]+?),?(?:是)?(?:因为|由于)(?P<cause>[^.;]+)[.;]?.*",
        "(?:.*[,:])?(?P<cause>[^.;,:]+?),?(?:使得?(?![用命者馆])|导致|引起|造成)(?:了)?(?P<effect>[^.;]+)[.;]?.*",
    )
)
_PASSIVE = re.compile("由(?P<cause>[^,.;]+?)(?:引起|造成|导致)")
_LEADS = re.compile("因为|由于|随着|因(?![此而])|根据|按照|靠|多亏|为了|以便")  # a cause follows
_TELLS = re.compile(f"{any_of('rag/cause_verbs')}|使(?![用命者馆])")  # an effect follows


_WHY = re.compile("为什么|为啥|为何|怎么|咋|凭|图[个啥什]|原因|意义|目的|靠")
_SO = re.compile("所以|因此|才|使(?![用命者馆])|导致|引起|造成")
_ASKED = 0.3  # of the pairs of characters of a cause: then it is what was to be explained
_REPEATED = 0.4  # of the pairs of characters of an effect that the question holds: then it is what was asked about
_LED = 6  # characters between such a word and what it leads in
_HELD = 0.25  # of the pairs of characters of cause and effect that the texts must hold


def causes_reversed(sentence: str, texts: Sequence[str], question: str = "") -> bool:
    """Whether a sentence gives a cause and an effect that the texts do not give as such.

    The texts must name the cause before the effect, or lead it in (因为, 由于, 随着 …); where nothing in them tells a cause,
    nothing is caused. What answers a «why» without repeating it is all cause.
    """
    folded = fold(sentence)
    claim = next((found for form in _CLAIMS if (found := form.fullmatch(folded))), None)
    if claim is None:
        return False
    if _WHY.search(fold(question)) and _share(claim["cause"], fold(question)) >= max(
        _ASKED, 2 * _share(claim["effect"], fold(question))
    ):
        return True  # what was asked about is the effect
    whole = "\n".join(fold(text) for text in texts)
    cause, effect = _place(claim["cause"], whole, claim["effect"]), _place(claim["effect"], whole, claim["cause"])
    in_order = cause is None or effect is None or cause <= effect
    if (
        in_order
        and _WHY.search(fold(question))
        and not _SO.search(folded)
        and _share(claim["effect"], fold(question)) < _REPEATED
    ):
        return False
    passive = _PASSIVE.search(whole)
    if passive:
        return _share(claim["cause"], passive["cause"]) < _share(claim["effect"], passive["cause"])
    if cause is None or effect is None or min(_share(claim["cause"], whole), _share(claim["effect"], whole)) < _HELD:
        return True
    told = _TELLS.search(whole) or _LEADS.search(whole)
    if told is None:
        return True
    led, led_other = (
        _is_led(claim[name], claim[other], whole) for name, other in (("cause", "effect"), ("effect", "cause"))
    )
    return (cause > effect and not led) or (led_other and not led)


def _share(text: str, other: str) -> float:
    pairs = pairs_in(text)
    return sum(pair in other for pair in pairs) / max(1, len(pairs))


def _place(text: str, whole: str, other: str) -> int | None:
    """Return where the texts speak of `text`: the middle place of its pairs of characters that `other` does not share."""
    places = _places(text, whole, other)
    return places[len(places) // 2] if places else None


def _is_led(text: str, other: str, whole: str) -> bool:
    """Whether a word that leads a cause in stands right before what the texts say of `text`."""
    places = _places(text, whole, other)
    return any(
        0 <= at - lead.end() <= _LED for lead in _LEADS.finditer(whole) for at in places[: max(1, len(places) // 3)]
    )


def _places(text: str, whole: str, other: str) -> list[int]:
    apart = set(pairs_in(other))
    return sorted(at for pair in pairs_in(text) if pair not in apart and (at := whole.find(pair)) >= 0)
