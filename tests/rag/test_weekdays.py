"""A sentence that tells of another day of the week is withheld."""

from rag.proof.prover import Fault, Prover, ShownSpan
from rag.proof.weekdays import other_weekday

TEXT = "镜湖博物馆每周一闭馆，周末开放到晚上九点。"


def test_another_day_of_the_week_is_not_proven() -> None:
    assert other_weekday("镜湖博物馆星期二闭馆。", [TEXT]) == "星期二" and not other_weekday(
        "镜湖博物馆星期一闭馆。", [TEXT]
    )
    prover = Prover([ShownSpan(1, "a", 0, len(TEXT), TEXT)])
    assert prover.prove("镜湖博物馆每周一闭馆。", [1]).proven
    assert prover.prove("镜湖博物馆每周二闭馆。", [1]).fault is Fault.DATE
