"""«有，…», «是的，…», «拿到了，…»: the word that answers a yes-or-no question before the sentence that proves it."""

from __future__ import annotations

import re

from corpus.chinese.text import fold

_YES = re.compile("(?:是的?|你[说问]的(?:应该)?是[^,.]{2,16}|对的?|有的?|会的?|能够?|可以|算(?:是)?|够|没错|确实)[,:]")
_REPEATED = re.compile("(?P<said>[^,.;:]{1,8}),(?=.{6})")
_TOPIC = re.compile("(?P<what>[^,.;:]{2,6}?)(?:方面|上),")
_POINTS = re.compile(
    "(?:[它他她](?!们)|[这那此该](?:几|一)?[个条家座位种款项场趟枚次本支份]?(?P<what>[^,.;:的0-9已将未不没曾]{1,3}?)?)(?=[叫是在由有从到将要被])"
)
_IDLE = re.compile("[了过的是不没未有会能已经完全都]|需要")


def without_acknowledgement(sentence: str, question: str) -> str:
    """Return `sentence` without a first clause that only takes up the question: every word of it is there.

    «没有…，» and «不…，» are taken away likewise: what they deny is what was asked.
    """
    folded = fold(sentence)
    if (
        (pointing := _POINTS.match(folded))
        and "," not in folded
        and all(sign in fold(question) for sign in _IDLE.sub("", pointing["what"] or ""))
    ):
        return sentence[pointing.end() :]
    if (topic := _TOPIC.match(folded)) and topic["what"] in fold(question):
        return sentence[topic.end() :]
    if found := _YES.match(folded):
        return sentence[found.end() :]
    found = _REPEATED.match(folded)
    if found is None or re.search("[0-9]", found["said"]):
        return sentence
    words = _IDLE.sub("", found["said"])
    asked = fold(question)
    return sentence[found.end() :] if len(words) <= 4 and all(word in asked for word in words) else sentence
