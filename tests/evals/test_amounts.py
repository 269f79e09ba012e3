"""What counts when the choice among several amounts is measured."""

from pathlib import Path

from evals.amounts import chosen, holding
from index.search.embedding import STATIC, load_embedder
from rag.reading.reader import Reader
from tests.fakes import MadeCorpus, made_article
from tests.indexes import snapshot_of

TEXT = "全区有受灾企业290家，已复工89家。绿道全长12公里。"


def test_only_questions_that_leave_a_choice_are_counted(tmp_path: Path) -> None:
    articles = MadeCorpus((made_article("news-00001", TEXT),))
    snapshot = snapshot_of(articles, tmp_path / "index", load_embedder(STATIC))

    def case(question: str, answer: str, row: int = 1) -> dict[str, object]:
        start = TEXT.index(answer)
        answers = [{"start": start, "end": start + len(answer)}]
        return {"row": row, "question": question, "answerable": True, "answers": answers}

    asked = [case("有多少家复工了", "89家"), case("有多少家复工了", "290家"), case("绿道有多长", "12公里")]
    assert list(chosen(asked, snapshot, Reader.load())) == [True, False]
    assert holding(case("有多少家复工了", "89家", row=2), snapshot) is None
