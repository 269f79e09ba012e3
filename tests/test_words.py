"""Words are data: a long list of them stands in a file that says where it comes from."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from corpus.chinese.words import any_of, words
from corpus.errors import ModelError

ROOT = Path(__file__).resolve().parent.parent
MOST = 12  # words that code may list
MOST_POSTS = 4  # of one list of posts, from which on code has a list of its own
MOST_CHARACTERS = 50  # that a class of characters may hold
CODE = sorted(
    path
    for layer in ("corpus", "index", "rag")
    for path in (ROOT / layer).rglob("*.py")
    if "training" not in path.parts
)
FILES = sorted(path for layer in ("corpus", "rag") for path in (ROOT / layer / "words").iterdir())
NAMES = {f"{path.parent.parent.name}/{path.stem}" for path in FILES}

_WORD = r"[A-Za-z0-9·]*[\u3400-\u9fff][A-Za-z0-9·\u3400-\u9fff]*"
_LISTED = re.compile(rf"{_WORD}(?:(?:\||\s+){_WORD}){{{MOST},}}(?![?(*+\[])")
_SPELT = re.compile(rf"{_WORD}(?:\|{_WORD})+")
_CHARACTERS = re.compile(rf"[\u3400-\u9fff]{{{MOST_CHARACTERS + 1},}}")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def strings(tree: ast.AST) -> Iterator[str]:
    """Return every string of the code that is no docstring; what an f-string puts in is left out."""
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "\0" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def listed(tree: ast.AST) -> Iterator[str]:
    """Return the lists of words that code holds: alternatives, words between blanks, elements, characters in a row."""
    for text in strings(tree):
        yield from (found.group() for pattern in (_LISTED, _CHARACTERS) for found in pattern.finditer(text))
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            held = [each.value for each in node.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            held = [word for word in held if re.fullmatch(_WORD, word)]
            if len(held) > MOST:
                yield " ".join(held)


@pytest.mark.parametrize("held", ["|".join("甲乙丙丁戊己庚辛壬癸子丑寅"), " ".join("甲乙丙丁戊己庚辛壬癸子丑寅")])
def test_a_long_list_is_found(held: str) -> None:
    assert list(listed(ast.parse(f"A = '(?:{held})呢'"))) == [held]
    assert not list(listed(ast.parse(f"A = '(?:{held[:-2]})呢'")))
    assert list(listed(ast.parse(f"A = {tuple('甲乙丙丁戊己庚辛壬癸子丑寅')!r}")))


def test_code_holds_no_long_list_of_words() -> None:
    found = {f"{path.relative_to(ROOT)}: {held[:60]}" for path in CODE for held in listed(parsed(path))}
    assert not found


def test_a_list_says_what_it_is_and_where_it_comes_from() -> None:
    remarks = {path.stem: path.read_text(encoding="utf-8").split("\n", 1)[0] for path in FILES}
    assert not {name: remark for name, remark in remarks.items() if not re.fullmatch(r"# \S.*\S; .+\.", remark)}


def test_a_list_holds_no_word_twice() -> None:
    assert not {(name, word) for name in NAMES for word, times in Counter(words(name)).items() if times > 1}


def test_no_two_lists_have_one_name() -> None:
    names = Counter(path.stem for path in FILES)
    assert not {name for name, times in names.items() if times > 1}


def test_posts_stand_in_their_list_alone() -> None:
    posts = frozenset(words("rag/posts"))
    found = {
        f"{path.relative_to(ROOT)}: {held}"
        for path in CODE
        for held in spelt(parsed(path))
        if len(posts.intersection(held.split("|"))) >= MOST_POSTS
    }
    assert not found


def spelt(tree: ast.AST) -> Iterator[str]:
    """Return the alternatives and the elements, joined by |, that code spells out, however few."""
    for text in strings(tree):
        yield from (found.group() for found in _SPELT.finditer(text))
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            yield "|".join(
                each.value for each in node.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )


def test_every_list_is_read_by_the_code_and_no_other_is() -> None:
    asked = {
        name
        for path in CODE
        for name in re.findall(r"(?:any_of|words|words_of)\([\"'](\w+/\w+)[\"']\)", path.read_text(encoding="utf-8"))
    }
    assert asked == NAMES


def test_the_longest_word_is_tried_first() -> None:
    found = re.match(any_of("corpus/measure_words"), "车道")
    assert found is not None
    assert found.group() == "车道"


def test_a_missing_list_is_told_in_chinese() -> None:
    with pytest.raises(ModelError, match=r"词表.*缺失"):
        words("corpus/no_such_list")
