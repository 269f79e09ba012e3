"""A question as typed → everything that the later steps need of it. The one entry that the chain calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.question.english import translate
from rag.question.followups import changes_topic, resolve
from rag.question.instructions import separate
from rag.question.kinds import Asked, understand
from rag.question.pinyin import corpus_readings, decode, fewest_syllables, is_pinyin
from rag.question.rewording import Replaceable, wordings
from rag.question.smalltalk import SmallTalk, small_talk
from rag.question.tidy import simplify, sounds_asking, tidy, without_fillers
from rag.question.topics import TopicKind, find_topics
from rag.question.typos import correct
from rag.question.vocabulary import CorpusWords

_TURNS = 3  # of the history that a question may lean on
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LETTERS = re.compile("[A-Za-z]{4,}")
_THAT = re.compile("那(?=[个家些年位里儿几所条座种款])")
_WORDINGS = 4
_DEICTIC = re.compile("^[这那](?:个|款|种|家)?")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question made ready.

    `typed` is what was typed, cleaned. `standalone` is a Chinese question that can be searched as it is; empty when
    nothing but instructions was said. `wordings` say the same with other names, most trusted first. `corrections` are
    pairs (as typed, as read). `language` is zh-Hans, zh-Hant, en or pinyin. `instructions` were set aside as data.
    `topics` are the names that the question is about, in its order.
    """

    typed: str
    standalone: str
    wordings: tuple[str, ...]
    corrections: tuple[tuple[str, str], ...]
    language: str
    asked: Asked
    small_talk: SmallTalk | None
    instructions: tuple[str, ...]
    topics: tuple[str, ...]
    places: tuple[Replaceable, ...] = ()

    def describe(self) -> tuple[str, ...]:
        """Return what was done to the question, as Chinese lines for `linping ask --explain`."""
        lines = [f"原问：{self.typed}"]
        if self.instructions:
            lines.append(f"当作数据、不予执行的话：{'；'.join(self.instructions)}")
        if self.small_talk:
            lines.append(f"闲聊：{self.small_talk.value}")
            return tuple(lines)
        lines += [f"识读：“{typed}”读作“{read}”" for typed, read in self.corrections]
        lines.append(f"理解为：{self.standalone}")
        lines.append(
            f"语言：{_LANGUAGES[self.language]}；问的是：{_KINDS[self.asked.kind.value]}"
            + (f"，单位“{self.asked.unit}”" if self.asked.unit else "")
        )
        if self.topics:
            lines.append(f"关于：{'、'.join(self.topics)}")
        lines += [f"另一种说法：{wording}" for wording in self.wordings]
        return tuple(lines)


_LANGUAGES = {"zh-Hans": "简体中文", "zh-Hant": "繁体中文", "en": "英文", "pinyin": "拼音"}
_KINDS = {
    "quantity": "数量",
    "date": "时间",
    "person": "人物",
    "organisation": "机构",
    "place": "地点",
    "name": "名称",
    "list": "列举",
    "definition": "是什么",
    "reason": "原因",
    "how": "怎么做",
    "yes_no": "是否",
    "comparison": "比较或计算",
    "change": "变化",
    "other": "其他",
}


def prepare(question: str, history: Sequence[tuple[str, str]], words: CorpusWords) -> Prepared:
    """Return `question` made ready after `history` (user's words, assistant's words; oldest first). Pure; never fails."""
    typed = tidy(question)
    separated = separate(question)
    line = simplify(tidy(separated.question))
    language = _language(tidy(separated.question) or typed, words)
    talk = _small_talk(line, bool(history)) if line else SmallTalk.INSTRUCTION if separated.instructions else None
    if talk is None and line:
        read = _read(line, language, words)
        talk = _small_talk(read.text, bool(history)) if language == "pinyin" else None
    if talk is not None or not line:
        return Prepared(typed, "", (), (), language, understand(line), talk, separated.instructions, ())
    turns = [] if changes_topic(line) else _spoken(history, words)
    standalone = resolve(read.text, turns, words).question
    others = wordings(standalone, words)
    return Prepared(
        typed=typed,
        standalone=standalone,
        wordings=others[:_WORDINGS],
        corrections=read.corrections,
        language=language,
        asked=understand(standalone),
        small_talk=None,
        instructions=separated.instructions,
        places=read.places if standalone == read.text else (),
        topics=tuple(t.text for t in find_topics(standalone, words) if t.kind is not TopicKind.TIME),
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """One turn in Chinese, without fillers and mistakes, before the history has a part in it."""

    text: str
    places: tuple[Replaceable, ...]
    corrections: tuple[tuple[str, str], ...]


def _read(line: str, language: str, words: CorpusWords) -> _Read:
    if language == "en":
        translated = translate(line, words)
        return _Read(translated.question or line, translated.places, translated.readings)
    if language == "pinyin":
        text = _asking(decode(line, words))
        return _Read(without_fillers(text), (), ((line, text),))
    spelled, read = _spelled_out(line, words)
    corrected = correct(without_fillers(spelled), words)
    return _Read(corrected.text, (), (*read, *corrected.changes))


def _asking(text: str) -> str:
    """Read 那 as 哪 where nothing else asks: both are typed na."""
    text = text.replace("甚么", "什么")
    return text if sounds_asking(text) else _THAT.sub("哪", text, count=1)


def _spelled_out(line: str, words: CorpusWords) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Read names typed in pinyin within a Chinese question: 临平shuzhicheng有多大."""
    read: list[tuple[str, str]] = []

    def character(found: re.Match[str]) -> str:
        letters = found.group().lower()
        if letters in words.latin or fewest_syllables(letters) < 2:
            return found.group()
        meant = corpus_readings(letters, words)
        if not meant:
            return found.group()
        read.append((found.group(), meant[0]))
        return meant[0]

    return _LETTERS.sub(character, line), tuple(read)


def _small_talk(line: str, has_history: bool) -> SmallTalk | None:
    talk = small_talk(line)
    if has_history and (
        _DEICTIC.match(line) or (talk in (SmallTalk.HOW_ARE_YOU, SmallTalk.ABILITY) and _LEANS.search(line))
    ):
        return None  # 这个工具怎么用 after a question about a tool; 真的吗 after an answer
    return talk


_LEANS = re.compile("真的|是吗")


def _spoken(history: Sequence[tuple[str, str]], words: CorpusWords) -> list[tuple[str, str]]:
    """Return the last turns with each question made standalone; small talk is no turn."""
    turns: list[tuple[str, str]] = []
    for asked, answered in history[-_TURNS:]:
        line = simplify(tidy(separate(asked).question))
        if not line or small_talk(line) is not None:
            continue
        read = _read(line, _language(line, words), words)
        before = [] if changes_topic(line) else turns
        turns.append((resolve(read.text, before, words).question, answered))
    return turns


def _language(line: str, words: CorpusWords) -> str:
    if _HAN.search(line):
        return "zh-Hant" if any(simplify(character) != character for character in _HAN.findall(line)) else "zh-Hans"
    if is_pinyin(line, words):
        return "pinyin"
    return "en" if re.search("[A-Za-z]{2}", line) else "zh-Hans"
