"""What has become of words that were quoted: at their place, elsewhere, changed, gone. (F26)"""

from __future__ import annotations

import pytest

from corpus.records import Article, BlockKind, Span
from rag.quoting import FIRST_WORDS, Standing, print_of, quoted, standing_of
from tests.fakes_ui import article

HEAD = "游泳馆竣工"
QUOTE = "石泉镇游泳馆改建竣工，总投资2600万元，设泳道10条。"
REST = "镇里还建了一座滑冰馆。"


def of(*bodies: str) -> Article:
    return article("a", [(BlockKind.HEADLINE, HEAD), *((BlockKind.BODY, body) for body in bodies)])


BEFORE = of(QUOTE + REST)
START = BEFORE.text.index(QUOTE)


@pytest.mark.parametrize(
    ("now", "standing", "marked"),
    [
        (BEFORE, Standing.SAME, QUOTE),
        (of(QUOTE), Standing.SAME, QUOTE),
        (of("记者从镇里获悉。", QUOTE), Standing.MOVED, QUOTE),
        (of(QUOTE.replace("2600", "3100") + REST), Standing.CHANGED, QUOTE.replace("2600", "3100")),
        (of(QUOTE.replace("10条", "10条，另有儿童池")), Standing.CHANGED, QUOTE.replace("10条", "10条，另有儿童池")),
        (of(QUOTE.replace("2600", "3100"), REST, QUOTE), Standing.MOVED, QUOTE),
        (of(REST), Standing.GONE, ""),
        (of(""), Standing.GONE, ""),
    ],
)
def test_a_quote_is_told_as_it_stands_today(now: Article, standing: Standing, marked: str) -> None:
    found = standing_of(now, QUOTE, START)
    assert found.standing is standing
    assert now.text[found.start : found.end] == marked
    assert quoted(now, START, START + len(QUOTE), QUOTE[:FIRST_WORDS], print_of(QUOTE)) == found


def test_an_address_without_a_print_finds_its_words_and_one_without_words_its_place() -> None:
    now = of("记者从镇里获悉。", QUOTE.replace("2600", "3100"))
    old = quoted(now, START, START + len(QUOTE), QUOTE[:FIRST_WORDS])
    assert (old.standing, now.text[old.start : old.end]) == (Standing.SAME, QUOTE.replace("2600", "3100"))
    assert quoted(now, 2, 5) == quoted(now, 2, 5, "", print_of(QUOTE))
    assert Span(2, 5) == Span(quoted(now, 2, 5).start, quoted(now, 2, 5).end)


@pytest.mark.parametrize(("start", "end"), [(5, 5), (9, 3), (-1, 4), (0, 10_000), (10_000, 10_010)])
def test_a_place_that_cannot_be_is_gone(start: int, end: int) -> None:
    assert quoted(BEFORE, start, end).standing is Standing.GONE
    assert quoted(BEFORE, start, 10**7, QUOTE[:FIRST_WORDS], "0" * 8).standing is Standing.GONE


def test_first_words_that_stand_a_thousand_times_are_looked_at_a_few_times() -> None:
    again = of("他说。" * 100_000)
    found = quoted(again, 6, 9, "他说。", "0" * 8)
    assert (found.standing, again.text[found.start : found.end]) == (Standing.CHANGED, "他说。")
