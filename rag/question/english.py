"""An English question → a Chinese one that can be searched: a glossary for terms, pinyin for names, frames for what is asked.

No sentence is translated. What counts is that the words of the articles stand in the result and that it asks for the
right kind of thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.errors import ModelError
from rag.question.pinyin import corpus_readings, decode, fewest_syllables
from rag.question.vocabulary import CorpusWords

_FILE = Path(__file__).parent.parent / "glossaries" / "english.tsv"
_LONGEST_TERM = 6  # words
_WORD = re.compile(r"[a-z0-9]+(?:[-.&'/][a-z0-9]+)*%?|[,;:?!]")
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "do",
        "does",
        "did",
        "done",
        "has",
        "have",
        "had",
        "having",
        "will",
        "would",
        "shall",
        "should",
        "can",
        "could",
        "may",
        "might",
        "must",
        "to",
        "from",
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "about",
        "into",
        "over",
        "under",
        "after",
        "before",
        "between",
        "among",
        "within",
        "during",
        "through",
        "as",
        "than",
        "then",
        "that",
        "this",
        "these",
        "those",
        "it",
        "its",
        "he",
        "she",
        "his",
        "her",
        "him",
        "they",
        "them",
        "their",
        "we",
        "our",
        "us",
        "you",
        "your",
        "i",
        "my",
        "me",
        "and",
        "or",
        "but",
        "if",
        "so",
        "there",
        "here",
        "please",
        "tell",
        "know",
        "want",
        "find",
        "show",
        "give",
        "get",
        "let",
        "also",
        "just",
        "any",
        "some",
        "all",
        "more",
        "most",
        "very",
        "much",
        "many",
        "such",
        "other",
        "another",
        "each",
        "every",
        "both",
        "either",
        "not",
        "no",
        "yes",
        "up",
        "out",
        "off",
        "down",
        "who",
        "whom",
        "whose",
        "what",
        "which",
        "when",
        "where",
        "why",
        "how",
        "kind",
        "type",
        "sort",
        "thing",
        "things",
        "people",
        "person",
        "one's",
        "s",
        "t's",
        "d",
        "ll",
        "ve",
        "re",
    ]
)
_JOINTS = frozenset(["of", "in", "at", "within", "from", "for", "by", "on", "during", "under", "near", "to", "with"])

# What the question asks, in English, and the frame that asks it in Chinese; {} is the noun that follows. In order.
_FRAMES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), frame)
    for pattern, frame in (
        (
            r"^(?:and |so )?(?:what|how) about\b|^and\b(?=[^?]{0,30}\??$)(?! (?:what|who|when|where|why|how|which))",
            "呢",
        ),
        (r"\bhow many (?:years?|centuries)(?: old| of history)?\b|\bhow old\b", "有多少年历史"),
        (
            r"\bhow (?:long) (?:does it take|will it take|is the (?:trip|ride|journey)|would it take|did it take)\b|\bhow (?:many|much) (?:minutes|hours|days|time)\b",
            "要多久",
        ),
        (r"\bwhat (?:percentage|percent|share|proportion)\b", "占比多少"),
        (r"\bhow many\b|\b(?:what is|what's|what was|what are) the (?:total )?number of\b|\bnumber of\b", "有多少{}"),
        (r"\bhow (?:large|big)\b|\bwhat (?:is|was) the (?:size|area) of\b", "面积有多大"),
        (r"\bhow long\b", "多长"),
        (r"\bhow far\b", "多远"),
        (r"\bhow (?:tall|high)\b", "多高"),
        (r"\bhow wide\b", "多宽"),
        (
            r"\bhow much (?:did|has|have|does|is|was|will)\b.*\b(?:grow|increase|rise|improve|decline|decrease)\w*\b",
            "增长了多少",
        ),
        (r"\bhow (?:fast|quickly)\b|\b(?:growth rate|rate of growth)\b", "增速是多少"),
        (r"\bhow much\b", "多少{}"),
        (r"\bhow often\b", "多久一次"),
        (r"\b(?:in )?(?:what|which) year\b", "是哪一年"),
        (r"\b(?:in )?(?:what|which) month\b", "是几月"),
        (r"\b(?:on )?(?:what|which) (?:date|day)\b", "是哪天"),
        (r"\bwhen\b|\bwhat time\b", "是什么时候"),
        (r"\bwhere\b|\b(?:in )?(?:what|which) (?:place|location)\b", "在哪里"),
        (r"\bwho\b|\bwhom\b|\bwhose\b", "是谁"),
        (r"\bwhy\b|\bwhat (?:is|was|are) the reasons?\b|\bfor what reason\b", "为什么"),
        (
            r"\b(?:which|what) (?=(?:[\w'-]+ ){0,3}(?:companies|enterprises|firms|projects|industries|universities|hospitals|schools|cities|districts|towns|technologies|products|awards|honou?rs|measures|areas|sectors|fields|platforms|parks|tracks|functions|features|corridors|lines|roads|clusters|targets|goals|indicators|places|buildings|organi[sz]ations|policies|types|kinds|directions|facilities|museums|events|things|advantages|challenges|brands|partners|experts|people)\b)|\blist\b|\bname (?:the|some|all|three|two|four|five)\b|\bwhat are\b|\bwhat kinds? of\b",
            "有哪些{}",
        ),
        (r"\bhow (?:do|does|did|can|could|to|is|are|was|were|has|have|will)\b|\bin what way\b", "如何"),
        (
            r"\bwhat (?:is|was)(?: the)? (?=(?:[\w'-]+ ){0,5}(?:gdp|output|value|area|population|revenue|investment|growth|length|height|price|cost|rate|number|amount|size|target|expense|expenses|spending|share|ratio|total|efficiency|capacity)\b)",
            "是多少",
        ),
        (r"\bwhat (?:is|was) the (?:full )?name\b|\bwhat (?:is|was|are) .{0,40}\bcalled\b|\bwhat name\b", "叫什么名字"),
        (r"\bwhat does .{0,40}\bdo\b", "是做什么的"),
        (r"\bwhat(?: is|'s| was)\b|\bdefine\b|\btell me about\b|\bintroduce\b|\bdescribe\b", "是什么"),
        (r"\bwhich\b|\bwhat\b", "哪个{}"),
        (r"^(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would)\b", "吗"),
        (r"\bhow\b", "怎么样"),
    )
)


_NOTHING = CorpusWords.of(())


@dataclass(frozen=True, slots=True)
class Glossary:
    """English terms → Chinese words, the most trusted first."""

    terms: Mapping[str, tuple[str, ...]]

    def find(self, words: list[str]) -> tuple[str, ...]:
        """Return the Chinese words for a term, also in the plural, the past or with -ing; empty when there are none."""
        whole = " ".join(words)
        found = self.terms.get(whole)
        if found:
            return found
        head = " ".join(words[:-1])
        for stem in _stems(words[-1]):
            found = self.terms.get(f"{head} {stem}".strip())
            if found:
                return found
        return ()


def _stems(word: str) -> tuple[str, ...]:
    stems = []
    if word.endswith("'s"):
        stems.append(word[:-2])
    if word.endswith("ies"):
        stems.append(word[:-3] + "y")
    if word.endswith("es"):
        stems.append(word[:-2])
    if word.endswith("s"):
        stems.append(word[:-1])
    if word.endswith("ed"):
        stems += [word[:-2], word[:-1]]
    if word.endswith("ing"):
        stems += [word[:-3], word[:-3] + "e"]
    return tuple(stems)


@dataclass(frozen=True, slots=True)
class Translated:
    """A Chinese question, the same with second choices for its terms, and what was read as what."""

    question: str
    other: str
    readings: tuple[tuple[str, str], ...]


@cache
def glossary() -> Glossary:
    """Return the glossary that comes with this project. Raises ModelError."""
    try:
        return read_glossary(_FILE.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"词汇表 {_FILE} 缺失，请重新安装本项目。") from error


def read_glossary(text: str) -> Glossary:
    """Return the terms of a file with lines «term|term TAB word|word»; lines with # are remarks."""
    terms: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if line.startswith("#") or "\t" not in line:
            continue
        english, chinese = line.split("\t")[:2]
        for term in english.split("|"):
            terms.setdefault(term.strip(), tuple(chinese.split("|")))
    return Glossary(terms)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A term of the question: its Chinese words, whether it is a name or a time, and its place in segments and order."""

    words: tuple[str, ...]
    english: str
    weight: int  # 0 time, 1 name, 2 other
    segment: int


def translate(question: str, words: CorpusWords) -> Translated:
    """Return a Chinese question for an English one. Words that nothing is known of are left out."""
    names = _written_as_names(question)
    line = re.sub(r"[’`]", "'", question.lower())
    line = re.sub(
        r"\b(in|by|since|until|of|early|late|mid|from) may\b(?! be)|\bmay(?= (?:19|20)\d\d\b)", " fifth-month ", line
    )
    frame, rest, at = _frame(line)
    pieces = _pieces(rest, words, names)
    noun = ""
    if "{}" in frame:
        following = _pieces(line[at:], words, names)
        nouns = [piece for piece in following[:1] if piece.weight == 2]
        noun = nouns[0].words[0] if nouns else ""
        if noun:
            gone = next((i for i, piece in enumerate(pieces) if piece.words == nouns[0].words), None)
            pieces = [piece for i, piece in enumerate(pieces) if i != gone]
        frame = frame.replace("{}", noun)
    ordered = sorted(pieces, key=lambda piece: (piece.weight, -piece.segment))
    shown = [(_bare(p.english), p.words[0]) for p in pieces if p.weight == 1 and not p.words[0].isascii()]
    if not any(piece.weight == 1 for piece in pieces):
        ordered = [_Piece((pronoun,), "", 0, 0) for pronoun in _pronouns(line)] + ordered
    first = _joined([piece.words[0] for piece in ordered])
    second = _joined([piece.words[1] if len(piece.words) > 1 else piece.words[0] for piece in ordered])
    if frame == "为什么":
        return Translated(f"为什么{first}", f"为什么{second}" if second != first else "", tuple(shown))
    return Translated(first + frame, second + frame if second != first else "", tuple(shown))


def _pronouns(line: str) -> list[str]:
    """Return the Chinese pronoun that points where an English one does, for the history to resolve."""
    if re.search(r"\b(?:he|his|him|she|her)\b", line):
        return ["他"]
    if re.search(r"\b(?:it|its|they|their|them)\b", line):
        return ["它"]
    return (
        ["那里"]
        if re.search(r"\b(?:there(?! (?:is|are|was|were|any))|here)\b", line)
        and "is there" not in line
        and "are there" not in line
        else []
    )


def _written_as_names(question: str) -> frozenset[str] | None:
    """Return the words with a capital letter, in small letters; None when the question hardly uses capitals."""
    found = frozenset(word.lower() for word in re.findall(r"\b[A-Z][A-Za-z]*", question))
    inner = re.search(r"\w\s+[“\"']?[A-Z][a-z]", question)
    return found if inner else None


def _joined(parts: list[str]) -> str:
    """Return the parts in order; a part that an earlier one holds already is left out."""
    kept: list[str] = []
    for part in parts:
        if part not in kept:
            kept.append(part)
    text = ""
    for part in kept:
        gap = " " if text and text[-1].isascii() and part[0].isascii() else ""
        text += gap + part
    return text


def _frame(line: str) -> tuple[str, str, int]:
    """Return the frame, the line without the words that ask, and where what follows them begins."""
    for pattern, frame in _FRAMES:
        found = pattern.search(line)
        if found and frame == "增长了多少":
            return frame, line.replace("how much", " ", 1), found.start()
        if found and frame == "增速是多少":
            return frame, line, found.end()
        if found:
            return frame, line[: found.start()] + " " + line[found.end() :], found.end()
    return "", line, 0


def _pieces(line: str, words: CorpusWords, names: frozenset[str] | None) -> list[_Piece]:
    tokens = _WORD.findall(line)
    pieces: list[_Piece] = []
    segment = at = 0
    known = glossary()
    while at < len(tokens):
        token = tokens[at]
        if token in _JOINTS:
            segment += 1
        year = re.fullmatch(r"(?:19|20)\d\d", token)
        if year:
            pieces.append(_Piece((f"{token}年",), token, 0, segment))
            at += 1
            continue
        length, found, is_name = _longest(tokens, at, known, words, names)
        if found:
            english = " ".join(tokens[at : at + length])
            weight = 0 if re.fullmatch(r"\d{1,2}月|[上下]半年|.季度|[今去明]年", found[0]) else 1 if is_name else 2
            pieces.append(_Piece(found, english, weight, segment))
        at += max(1, length)
    return _named_in_full(_dated(pieces), words)


def _longest(
    tokens: list[str], at: int, known: Glossary, words: CorpusWords, names: frozenset[str] | None
) -> tuple[int, tuple[str, ...], bool]:
    """Return how many tokens the longest term or name from `at` has, its Chinese words, and whether it is a name."""
    for length in range(min(_LONGEST_TERM, len(tokens) - at), 0, -1):
        part = tokens[at : at + length]
        if length == 1 and part[0] in _STOP:
            return 1, (), False
        found = known.find(part)
        if found:
            return length, tuple(sorted(found, key=lambda word: _held(word, words) == 0)), False
        if length <= 3 and all(token.isalpha() and token not in _STOP for token in (_bare(token) for token in part)):
            letters = "".join(_bare(token) for token in part)
            if letters in words.latin or (length == 1 and part[0] in words.latin):
                return length, (letters if letters in words.latin else part[0],), True
            if length > 1 and any(known.find([token]) for token in part):
                continue
            if names is not None and not all(_bare(token) in names for token in part):
                continue
            read = corpus_readings(letters, words)
            if read:
                return length, tuple(read), True
    token = _bare(tokens[at])
    if any(character.isdigit() for character in token):
        return 1, (token,), not token.isdigit()
    if token.isalpha() and len(token) > 3 and (names is None or token in names) and fewest_syllables(token) >= 2:
        return 1, (decode(token, _NOTHING),), True  # a name from elsewhere
    return 1, (), False


def _bare(token: str) -> str:
    return token[:-2] if token.endswith("'s") else token


def _dated(pieces: list[_Piece]) -> list[_Piece]:
    """Put a month after its year: may 2025 → 2025年5月."""
    years = [piece for piece in pieces if re.fullmatch(r"\d{4}年", piece.words[0])]
    months = [piece for piece in pieces if piece.weight == 0 and piece not in years]
    if len(years) == 1 and len(months) == 1:
        one = _Piece(
            (years[0].words[0] + months[0].words[0],), f"{months[0].english} {years[0].english}", 0, years[0].segment
        )
        return [one, *(piece for piece in pieces if piece not in (*years, *months))]
    return pieces


def _named_in_full(pieces: list[_Piece], words: CorpusWords) -> list[_Piece]:
    """Join a name and the term after it where the corpus holds the two together: guangji + bridge → 广济桥."""
    joined: list[_Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        if before is not None and before.weight == 1 and piece.weight > 0 and before.segment == piece.segment:
            wholes = sorted(
                (
                    (-_held(a + b, words), -len(a + b), a + b)
                    for a in before.words
                    for b in piece.words
                    if _held(a + b, words)
                ),
            )
            if wholes:
                joined[-1] = _Piece((wholes[0][2],), f"{before.english} {piece.english}", 1, piece.segment)
                continue
        joined.append(piece)
    return joined


def _held(run: str, words: CorpusWords) -> int:
    return words.count(run) if all("\u4e00" <= character <= "\u9fff" for character in run) else 0
