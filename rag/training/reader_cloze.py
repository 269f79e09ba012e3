"""Questions made by rule from plain news, to practise on before the real ones.

A sentence loses a name, a number or a clause; what is left, shortened and reworded by rule, asks for it. Where the same
name stands in two sentences of an article, one sentence asks and the other answers: the wording then differs as it does
in real questions. Source: Dhingra, Danish & Rajagopal, NAACL 2018 (cloze pretraining for reading).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from corpus.text import fold, split_sentences
from rag.training.reader_text import ReadingCase

_DATE = re.compile(
    r"(?:\d{2,4}年)?\d{1,2}月(?:\d{1,2}[日号])?|\d{4}年(?:底|初|末)?|\d{1,2}[日号](?:上午|下午|晚)?"
    r"|(?:去年|今年|明年)(?:\d{1,2}月)?")
_NUMBER = re.compile(
    r"(?:近|超|约|超过|逾|达)?\d[\d.,]*(?:余|多)?[十百千万亿]*"
    r"(%|个百分点|[元人家个项次名倍吨件条亩户天岁米场起辆座年种只]|平方米|美元|公里|公斤|小时|分钟)?")
_LATIN = re.compile(r"[a-z\d.-]\s?$")
_SPACES = re.compile(r"(?<=[\u4e00-\u9fff]) +| +(?=[\u4e00-\u9fff])")
_WORK = re.compile(r"《[^》]{2,30}》")
_QUOTED = re.compile(r'"[^"]{2,24}"')
_REASON = re.compile(r"(?:因为|由于|因|受)([^,.;!?]{4,40})(?:,|而|影响,)([^,.;!?]{4,40})")
_ASK = {
    "date": ("什么时候", "何时", "哪一年", "哪天", "什么时间", "是哪一年"),
    "person": ("谁", "哪位", "哪个人", "什么人"),
    "place": ("哪里", "什么地方", "哪个地方", "哪儿", "哪座城市", "哪个国家"),
    "body": ("哪个机构", "什么公司", "哪家公司", "哪个单位", "什么组织", "谁"),
    "work": ("什么", "哪部作品", "哪本书", "什么文件", "哪部电影"),
    "quoted": ("什么", "什么称号", "哪个", "什么名称"),
    "thing": ("什么", "哪些", "什么东西", "哪个", "哪种"),
    "clause": ("什么", "哪些内容", "怎样", "什么样的", "哪些"),
    "subject": ("谁", "什么", "哪个", "哪些"),
}
_TAGS = {"nr": "person", "nrt": "person", "nrfg": "person", "ns": "place", "nt": "body", "nz": "thing", "n": "thing"}
_BEFORE_NAMES = frozenset(("n", "nz", "ns", "vn", "a", "b", "j"))
_LEADING = re.compile(r"^(?:据了解|据悉|此外|同时|另外|其中|因此|不过|但是|但|而|并且|并|目前|对此|随后|记者获悉)[,]?")


@dataclass(frozen=True, slots=True)
class _Gap:
    """What a sentence may be asked for: the place in the sentence, and which words ask for it."""

    start: int
    end: int
    kind: str
    unit: str = ""


@cache
def _cutter() -> tuple[object, dict[str, str]]:
    import logging

    import jieba
    import jieba.posseg

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    jieba.posseg.dt.initialize()
    return jieba, dict(jieba.posseg.dt.word_tag_tab)


def _words(text: str) -> list[tuple[int, int, str]]:
    cutter, tags = _cutter()
    found: list[tuple[int, int, str]] = []
    at = 0
    for word in cutter.cut(text, HMM=False):  # type: ignore[attr-defined]
        found.append((at, at + len(word), tags.get(word, "x")))
        at += len(word)
    return found


def _gaps(sentence: str, words: Sequence[tuple[int, int, str]]) -> list[_Gap]:
    gaps = [_Gap(m.start(), m.end(), "date") for m in _DATE.finditer(sentence)]
    taken = [(g.start, g.end) for g in gaps]
    for m in _NUMBER.finditer(sentence):
        dated = any(a < m.end() and m.start() < b for a, b in taken)
        if len(m[0]) > 1 and not dated and not _LATIN.search(sentence[max(0, m.start() - 2):m.start()]):
            gaps.append(_Gap(m.start(), m.end(), "number", m[1] or ""))
    gaps += [_Gap(m.start(), m.end(), "work") for m in _WORK.finditer(sentence)]
    gaps += [_Gap(m.start() + 1, m.end() - 1, "quoted") for m in _QUOTED.finditer(sentence)]
    for i, (a, b, tag) in enumerate(words):
        kind = _TAGS.get(tag)
        if kind and (b - a >= 2):
            first = i
            while kind in ("thing", "body") and first and words[first - 1][2] in _BEFORE_NAMES and i - first < 3:
                first -= 1
            if kind != "thing" or i - first >= 1:
                gaps.append(_Gap(words[first][0], b, kind))
    for number, m in enumerate(re.finditer(r"[^,;.!?:]+", sentence)):
        inside = [(a, b, tag) for a, b, tag in words if a >= m.start() and b <= m.end()]
        verbs = [k for k, w in enumerate(inside) if w[2] == "v" and 0 < k < len(inside) - 1]
        if verbs:
            k = verbs[number % len(verbs)]
            after = inside[k][1]
            if after < m.end() and sentence[after] in "了着过":
                after += 1
            if 4 <= m.end() - after <= 30:
                gaps.append(_Gap(after, m.end(), "clause"))
            if 2 <= inside[verbs[0]][0] - m.start() <= 16:
                gaps.append(_Gap(m.start(), inside[verbs[0]][0], "subject"))
    return gaps


def _clause_around(sentence: str, start: int, end: int, room: int) -> tuple[int, int]:
    """Return the clauses around a place, as many as fit into `room` characters."""
    cuts = [0] + [m.end() for m in re.finditer(r"[,;:]", sentence)] + [len(sentence)]
    lo = max(c for c in cuts if c <= start)
    hi = min(c for c in cuts if c >= end)
    while hi - lo < room:
        before = [c for c in cuts if c < lo]
        if not before or hi - before[-1] > room + (end - start):
            break
        lo = before[-1]
    return lo, hi


def _question(sentence: str, words: Sequence[tuple[int, int, str]], gap: _Gap, subject: str, dice: random.Random
              ) -> str:
    """Return the clause without the gap as a question: words dropped at random, the asking word in place or moved."""
    lo, hi = _clause_around(sentence, gap.start, gap.end, dice.choice((14, 20, 26)))
    ask = _asking(gap, dice)
    loose = dice.choice((0.05, 0.15, 0.3))

    def kept(begin: int, end: int) -> str:
        parts: list[str] = []
        for a, b, tag in words:
            if a < begin or b > end:
                continue
            word = sentence[a:b]
            if tag in ("x", "w") and not word.isalnum():
                continue
            if dice.random() < (loose * 1.5 if tag in ("d", "u", "c", "p", "uj", "ul", "a", "t") else loose):
                continue
            if len(word) >= 4 and dice.random() < 0.2:
                word = word[0] + word[len(word) // 2]
            parts.append(word)
        return "".join(parts)

    before, after = _LEADING.sub("", kept(lo, gap.start)), kept(gap.end, hi)
    if subject and subject not in before + after and dice.random() < 0.6:
        before = subject + before
    roll = dice.random()
    if gap.kind == "date" and roll < 0.5:
        return before + (after + "是" + ask if roll < 0.25 else ask + after)
    if gap.kind in ("person", "body", "thing", "subject", "place") and roll < 0.25:
        return f"{before}{after}的是{ask}"
    if roll > 0.93:
        return f"{ask}{after}{before}"
    return before + ask + after


def _asking(gap: _Gap, dice: random.Random) -> str:
    if gap.kind == "number":
        return dice.choice(("多少", "几", "多少")) + (gap.unit if gap.unit != "%" and dice.random() < 0.7 else "")
    return dice.choice(_ASK[gap.kind])


def cloze_cases(articles: Iterator[str], count: int, seed: int) -> list[ReadingCase]:
    """Return `count` made questions, a handful from each article."""
    dice = random.Random(seed)
    cases: list[ReadingCase] = []
    for raw in articles:
        if len(cases) >= count:
            break
        raw = _SPACES.sub("", raw[:1500])
        spans = [(s.start, s.end) for s in split_sentences(raw) if 8 <= len(s) <= 160]
        if len(spans) < 3:
            continue
        text = fold(raw)
        sentences = [text[a:b] for a, b in spans]
        words = [_words(s) for s in sentences]
        subject = _subject(sentences[0], words[0])
        cases += _across(sentences, words, dice)
        made = 0
        for i in dice.sample(range(len(sentences)), len(sentences)):
            gaps = _gaps(sentences[i], words[i])
            reason = _REASON.search(sentences[i])
            if reason and dice.random() < 0.7:
                ask = dice.choice(("为什么{}", "{}的原因是什么", "{}是因为什么", "为何{}")).format(reason[2])
                cases.append(_case(ask, sentences, i, reason.start(1), reason.end(1), -1))
                made += 1
            elif gaps:
                gap = _pick(gaps, dice)
                ask = _question(sentences[i], words[i], gap, subject if i else "", dice)
                if 6 <= len(ask) <= 45:
                    cases.append(_case(ask, sentences, i, gap.start, gap.end, -1))
                    made += 1
            if made >= 4:
                break
    return cases[:count]


def _pick(gaps: Sequence[_Gap], dice: random.Random) -> _Gap:
    kind = dice.choice(sorted({g.kind for g in gaps}))
    return dice.choice([g for g in gaps if g.kind == kind])


def _subject(sentence: str, words: Sequence[tuple[int, int, str]]) -> str:
    names = [sentence[a:b] for a, b, tag in words if tag in ("nr", "ns", "nt", "nz", "nrt") and b - a >= 2]
    return names[0] if names else ""


def _across(sentences: Sequence[str], words: Sequence[Sequence[tuple[int, int, str]]], dice: random.Random
            ) -> list[ReadingCase]:
    """Ask with one sentence for what another one holds: the two share the answer and at least two more words."""
    content = [{sentence[a:b] for a, b, tag in cut if b - a >= 2 and tag[0] in "nvajm"}
               for sentence, cut in zip(sentences, words, strict=True)]
    found: list[ReadingCase] = []
    for j in range(len(sentences)):
        gaps = [g for g in _gaps(sentences[j], words[j]) if g.kind not in ("clause", "subject")]
        dice.shuffle(gaps)
        for gap in gaps[:6]:
            answer = sentences[j][gap.start:gap.end]
            if len(answer) < 2:
                continue
            for i in range(len(sentences)):
                where = sentences[i].find(answer) if i != j else -1
                if where < 0 or len((content[i] & content[j]) - {answer}) < 2 or sentences[i] == sentences[j]:
                    continue
                ask = _question(sentences[j], words[j], gap, "", dice)
                if 6 <= len(ask) <= 45 and answer not in ask:
                    found.append(_case(ask, sentences, i, where, where + len(answer), j))
                    break
            if len(found) >= 3:
                return found
    return found


def _case(question: str, sentences: Sequence[str], i: int, start: int, end: int, without: int) -> ReadingCase:
    """Build a case from up to nine sentences around the answer, leaving out the one that asks."""
    near = [k for k in range(max(0, i - 4), min(len(sentences), i + 5)) if k != without]
    context = "".join(sentences[k] for k in near)
    places: list[tuple[int, int]] = []
    at = 0
    for k in near:
        places.append((at, at + len(sentences[k])))
        at += len(sentences[k])
    offset = places[near.index(i)][0]
    asked = {question[p:p + 2] for p in range(len(question) - 1)}
    shared = [sum(pair in sentences[k] for pair in asked) / (20 + len(sentences[k])) for k in near]
    ranked = tuple(sorted(range(len(near)), key=lambda k: -shared[k]))
    style = 0 if end - start > 8 else (start + len(question)) % 3
    return ReadingCase(question + "?", context, offset + start, offset + end, style, tuple(places), ranked)
