from rag.question.kinds import AnswerKind, understand
from rag.question.rewording import Replaceable, Rewordings
from rag.reading.adaptation import adaptions
from tests.rag.test_premises import candidate

WORDED = Rewordings("桥啥时候动工", (Replaceable(1, 6, "啥时候动工", ("开工", "破土")),))


def test_each_wording_of_the_candidates_is_tried_the_one_of_the_best_first() -> None:
    found = adaptions(understand("桥啥时候动工"), WORDED, [candidate("三月破土。"), candidate("五月开工。")])
    assert [one.text for one in found] == ["桥破土啥时候", "桥开工啥时候"]


def test_what_is_asked_for_stays() -> None:
    (found,) = adaptions(understand("桥啥时候动工"), WORDED, [candidate("三月破土。")])
    assert found.kind is AnswerKind.DATE


def test_candidates_in_the_words_of_the_question_need_no_other() -> None:
    assert adaptions(understand("桥啥时候动工"), WORDED, [candidate("桥很长。")]) == []
