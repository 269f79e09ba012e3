"""An English question → a Chinese one that can be searched: a glossary for terms, pinyin for names, frames for what is asked.

No sentence is translated. What counts is that the words of the articles stand in the result and that it asks for the
right kind of thing.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path

from corpus.chinese.numerals import in_han
from corpus.chinese.words import words as read_words
from corpus.errors import ModelError
from rag.question.pinyin import corpus_readings, decode, fewest_syllables
from rag.question.rewording import Replaceable
from rag.question.vocabulary import CorpusWords

_HOME = Path(__file__).parent.parent
_FILE, _DICTIONARY = _HOME / "glossaries" / "english.tsv", _HOME / "models" / "english"
_LONGEST_TERM = 6  # words
_WORD = re.compile(r"[a-z0-9]+(?:[-.&'/][a-z0-9]+)*%?|[,;:?!]")
_STOP = frozenset(read_words("rag/english_stop"))
_JOINTS = frozenset(["of", "in", "at", "within", "from", "for", "by", "on", "during", "under", "near", "to", "with"])

# What the question asks, in English, and the frame that asks it in Chinese; {} is the noun that follows. In order.
_FRAMES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), frame)
    for pattern, frame in (
        (
            r"^(?:and |so )?(?:what|how) about\b|^and\b(?=[^?]{0,30}\??$)(?! (?:what|who|when|where|why|how|which))",
            "呢",
        ),
        (r"\bby what percent(?:age)?\b", "了百分之几"),
        (r"\bby how (?:much|many)\b", "了多少"),
        (r"\bhow many (?:years?|centuries)(?: old| of history)?\b|\bhow old\b", "有多少年历史"),
        (
            r"\bhow long\b(?=.*\btakes?\b)|\bhow long is the (?:trip|ride|journey)\b|\bhow (?:many|much) (?:minutes|hours|days|time)\b",
            "要多久",
        ),
        (r"(?<!by )\bwhat (?:percentage|percent|share|proportion)\b", "占比多少"),
        (r"\bhow many\b|\b(?:what is|what's|what was|what are) the (?:total )?number of\b|\bnumber of\b", "有多少{}"),
        (r"\bhow (?:large|big)\b", "有多大"),
        (r"\bwhat (?:is|was) the (?:size|area) of\b", "面积有多大"),
        (r"\bhow long\b", "多长"),
        (r"\bhow far\b", "多远"),
        (r"\bhow (?:tall|high)\b", "多高"),
        (r"\bhow wide\b", "多宽"),
        (
            r"\bhow much (?:did|has|have|does|is|was|will)\b.*\b(?:grow|increase|rise|improve|decline|decrease)\w*\b",
            "了多少",
        ),
        (r"\bhow (?:fast|quickly)\b|\b(?:growth rate|rate of growth)\b", "增速是多少"),
        (r"\bhow much\b(?=.*\b(?:cost|costs|worth)\b)", "多少钱"),
        (r"\bhow much\b", "多少{}"),
        (r"\bhow often\b", "多久一次"),
        (r"\b(?:in )?(?:what|which) year\b", "是哪一年"),
        (r"\b(?:in )?(?:what|which) month\b", "是几月"),
        (r"\b(?:on )?(?:what|which) (?:date|day)\b", "是哪天"),
        (r"\bwhat (?:time|hours)\b", "几点"),
        (r"\bwhen\b", "是什么时候"),
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


# Things that are told apart by a number, and how: line 2, the second phase, phase II.
_NUMBERED = {
    "line": "号线",
    "route": "号线",
    "phase": "期",
    "stage": "期",
    "building": "号楼",
    "gate": "号门",
    "no": "号",
    "number": "号",
}
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_NUMBERS = {
    **{
        name: number
        for number, name in enumerate(
            ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], start=1
        )
    },
    **{name: number for number, name in enumerate(["i", "ii", "iii", "iv", "v"], start=1)},
}
_NOTHING = CorpusWords.of(())


@dataclass(frozen=True, slots=True)
class Glossary:
    """English terms → Chinese words, the most trusted first; `names` are those of people and places."""

    terms: Mapping[str, tuple[str, ...]]
    names: Mapping[str, tuple[str, ...]]

    def find(self, words: list[str]) -> tuple[str, ...]:
        """Return the Chinese words for a term, also in the plural, the past or with -ing; empty when there are none."""
        head = " ".join(words[:-1])
        forms = [f"{head} {stem}".strip() for stem in (words[-1], *_stems(words[-1]))]
        return tuple(dict.fromkeys(one for form in forms for one in self.terms.get(form, ())))


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
    """A Chinese question, what else its terms may mean, and which names were read as what."""

    question: str
    places: tuple[Replaceable, ...]
    readings: tuple[tuple[str, str], ...]


@cache
def glossary() -> Glossary:
    """Return the terms of this project, and behind them those of the dictionary. Raises ModelError."""
    try:
        own = read_glossary(_FILE.read_text(encoding="utf-8"))
        terms, names = (
            read_glossary(gzip.decompress((_DICTIONARY / f"{file}.tsv.gz").read_bytes()).decode("utf-8"))
            for file in ("terms", "names")
        )
    except (OSError, EOFError, ValueError) as error:
        raise ModelError(f"词汇表 {_FILE} 或词典 {_DICTIONARY} 缺失或已损坏，请重新安装本项目。") from error
    both = {term: tuple(dict.fromkeys((*own.get(term, ()), *terms.get(term, ())))) for term in {**own, **terms}}
    return Glossary(both, names)


def read_glossary(text: str) -> dict[str, tuple[str, ...]]:
    """Return the terms of a file with lines «term|term TAB word|word»; lines with # are remarks."""
    terms: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if line.startswith("#") or "\t" not in line:
            continue
        english, chinese = line.split("\t")[:2]
        for term in english.split("|"):
            terms.setdefault(term.strip(), tuple(chinese.split("|")))
    return terms


@dataclass(frozen=True, slots=True)
class _TranslatedTerm:
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
    nouns: list[_TranslatedTerm] = []
    if "{}" in frame:
        following = _pieces(line[at:], words, names)
        nouns = list(takewhile(lambda piece: piece.weight == 2 and piece.segment == 0, following))
        pieces = [piece for piece in pieces if all(piece.words != noun.words for noun in nouns)]
    shown = [(_bare(p.english), p.words[0]) for p in pieces if p.weight == 1 and not p.words[0].isascii()]
    ordered = sorted(pieces, key=lambda piece: (piece.weight, -piece.segment))
    if not any(piece.weight == 1 for piece in pieces):
        ordered = [_TranslatedTerm((pronoun,), "", 0, 0) for pronoun in _pronouns(line)] + ordered
    before, _, after = frame.partition("{}")
    first, last = (frame, "") if frame == "为什么" else ("", after)
    asking = [] if first else [before]
    text, places = _written([first, *ordered, *asking, *nouns, last])
    return Translated(text, places, tuple(shown))


def _written(parts: Sequence[_TranslatedTerm | str]) -> tuple[str, tuple[Replaceable, ...]]:
    """Return the parts as one text, each term once, and where those stand that may be put otherwise."""
    text, places = "", []
    for part in parts:
        words = (part,) if isinstance(part, str) else part.words
        if not isinstance(part, str) and words[0] in text:
            continue
        text += " " if text and text[-1].isascii() and words[0][:1].isascii() and words[0] else ""
        if len(words) > 1:
            places.append(Replaceable(len(text), len(text) + len(words[0]), words[0], words[1:]))
        text += words[0]
    return text, tuple(places)


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


def _frame(line: str) -> tuple[str, str, int]:
    """Return the frame, the line without the words that ask, and where what follows them begins."""
    for pattern, frame in _FRAMES:
        found = pattern.search(line)
        if found and frame.startswith("了"):
            return (
                frame,
                re.sub(r"(?:by )?(?:how (?:much|many)|what percent(?:age)?)", " ", line, count=1),
                found.start(),
            )
        if found and frame == "多少钱":
            return frame, re.sub(r"how much|\bcosts?\b|\bworth\b", " ", line), found.end()
        if found and frame == "增速是多少":
            return frame, line, found.end()
        if found:
            return frame, line[: found.start()] + " " + line[found.end() :], found.end()
    return "", line, 0


def _pieces(line: str, words: CorpusWords, names: frozenset[str] | None) -> list[_TranslatedTerm]:
    tokens = _WORD.findall(line)
    pieces: list[_TranslatedTerm] = []
    segment = at = 0
    known = glossary()
    while at < len(tokens):
        token = tokens[at]
        if token in _JOINTS:
            segment += 1
        numbered = _numbered(tokens[at : at + 2], words)
        if numbered:
            pieces.append(_TranslatedTerm(numbered, " ".join(tokens[at : at + 2]), 1, segment))
            at += 2
            continue
        year = re.fullmatch(r"(?:19|20)\d\d", token)
        if year:
            pieces.append(_TranslatedTerm((f"{token}年",), token, 0, segment))
            at += 1
            continue
        length, found, is_name = _longest(tokens, at, known, words, names)
        if found:
            english = " ".join(tokens[at : at + length])
            weight = 0 if re.fullmatch(r"\d{1,2}月|[上下]半年|.季度|[今去明]年", found[0]) else 1 if is_name else 2
            pieces.append(_TranslatedTerm(found, english, weight, segment))
        at += max(1, length)
    return _named_in_full(_dated(pieces), words)


def _numbered(tokens: list[str], words: CorpusWords) -> tuple[str, ...]:
    """Return what a thing told apart by its number is called, as the corpus writes it first: line 2 → 二号线, 2号线."""
    if len(tokens) < 2:
        return ()
    one, other = tokens
    if one in _ORDINALS:
        number, noun = _ORDINALS.index(one) + 1, _NUMBERED.get(other)
    else:
        number, noun = int(other) if other.isdigit() else _NUMBERS.get(other, 0), _NUMBERED.get(one)
    if not 0 < number < 100 or not noun:
        return ()
    written = (in_han(number) + noun, f"{number}{noun}")
    return tuple(sorted(written, key=lambda word: _held(word, words) == 0))


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
            return length, tuple(sorted(found, key=lambda word: (_held(word, words) == 0, len(word) == 1))), False
        if length <= 3 and all(token.isalpha() and token not in _STOP for token in (_bare(token) for token in part)):
            letters = "".join(_bare(token) for token in part)
            if letters in words.latin or (length == 1 and part[0] in words.latin):
                return length, (letters if letters in words.latin else part[0],), True
            if names is not None and not all(_bare(token) in names for token in part):
                continue
            abroad = known.names.get(" ".join(part), ())
            if abroad and not _is_here(part, known, words):
                return length, abroad, True
            if length > 1 and any(known.find([token]) for token in part):
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


def _is_here(part: list[str], known: Glossary, words: CorpusWords) -> bool:
    """Whether the corpus itself has something so called: 青禾县 for qinghe county, before any other Qinghe."""
    read = corpus_readings(_bare(part[0]), words)
    kinds = known.find(part[1:]) if len(part) > 1 else ("",)
    return any(words.count(name + kind) for name in read for kind in kinds)


def _bare(token: str) -> str:
    return token[:-2] if token.endswith("'s") else token


def _dated(pieces: list[_TranslatedTerm]) -> list[_TranslatedTerm]:
    """Put a month after its year: may 2025 → 2025年5月."""
    years = [piece for piece in pieces if re.fullmatch(r"\d{4}年", piece.words[0])]
    months = [piece for piece in pieces if piece.weight == 0 and piece not in years]
    if len(years) == 1 and len(months) == 1:
        one = _TranslatedTerm(
            (years[0].words[0] + months[0].words[0],), f"{months[0].english} {years[0].english}", 0, years[0].segment
        )
        return [one, *(piece for piece in pieces if piece not in (*years, *months))]
    return pieces


def _named_in_full(pieces: list[_TranslatedTerm], words: CorpusWords) -> list[_TranslatedTerm]:
    """Join a name and the term after it where the corpus holds the two together: guangji + bridge → 广济桥."""
    joined: list[_TranslatedTerm] = []
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
                joined[-1] = _TranslatedTerm((wholes[0][2],), f"{before.english} {piece.english}", 1, piece.segment)
                continue
        joined.append(piece)
    return joined


def _held(run: str, words: CorpusWords) -> int:
    return words.count(run) if all("\u4e00" <= character <= "\u9fff" for character in run) else 0
