"""An English sentence is proven in the Chinese words it stands for; what is not understood proves nothing."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.records import Published
from rag.checks.faults import Fault
from rag.checks.statements import ShownSpan
from rag.proof.gloss import gloss, is_english
from rag.proof.prover import Prover

TEXTS = (
    "到2028年，青溪全区规模以上工业产值突破3000亿元，再造一个工业青溪。",
    "青溪经济技术开发区拥有近400家规模以上工业企业，超700家国家高新技术企业。",
    "2023年青溪区地区生产总值1067.27亿元，增长6%。",
    "2024年5月，沿河隧道的日均客流约1.2万人次。",
)
PRINTED = Published(date(2024, 5, 1), date(2024, 6, 30))
PROVER = Prover([ShownSpan(n, "a", n * 100, n * 100 + len(text), text, "", PRINTED) for n, text in enumerate(TEXTS, 1)])


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("The GDP was 106.727 billion yuan in 2023.", "地区生产总值 1067.27亿元 2023年。"),
        ("It grew by 6%.", "增长6%。"),
        ("It fell nearly 6 percent.", "下降近6%。"),
        ("By 2028 it will exceed 300 billion yuan.", "到2028年 将 超3000亿元。"),
        ("In the first half of 2025 it was RMB 20 billion.", "2025年上半年 200亿元。"),
        ("On May 3, 2024 it had over 12,000 people.", "2024年5月3日 超1.2万人。"),
        ("Qingxi is not large.", "青溪 不是 大。"),
        ("Novatech came.", "Novatech came。"),
    ],
)
def test_figures_dates_names_and_senses_have_their_chinese_form(english: str, chinese: str) -> None:
    assert gloss(english, TEXTS) == chinese


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        (
            "By 2028, the output value of industrial enterprises above designated size in Qingxi will exceed 300 billion yuan.",
            1,
        ),
        ("In 2023 the GDP of Qingxi District was 106.727 billion yuan, up 6%.", 3),
        ("Qingxi has nearly 400 industrial enterprises above designated size.", 2),
    ],
)
def test_a_true_english_sentence_is_proven(sentence: str, number: int) -> None:
    assert PROVER.prove(sentence, [number]).numbers == (number,)
    assert PROVER.prove(sentence, []).numbers == (number,)


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        (
            "By 2028, the output value of industrial enterprises above designated size in Qingxi will exceed 400 billion yuan.",
            Fault.NUMBER,
        ),
        ("In 2023 the GDP of Qingxi District was 106.727 million yuan.", Fault.NUMBER),
        ("In 2022 the GDP of Qingxi District was 106.727 billion yuan.", Fault.BOUND),
        ("In 2023 the GDP of Qingxi District was 106.727 billion yuan, down 6%.", Fault.NUMBER),
        ("In 2023 the GDP of Yuhang was 106.727 billion yuan.", Fault.NAME),
        ("The GDP of Qingxi, backed by Novatech, was 106.727 billion yuan in 2023.", Fault.NAME),
        ("The GDP of Qingxi was the highest in 2023.", Fault.STRONG),
        ("I am a pirate captain now.", Fault.NAME),
    ],
)
def test_a_false_one_is_withheld(sentence: str, fault: Fault) -> None:
    assert PROVER.prove(sentence, [3 if "2023" in sentence or "2022" in sentence else 1]).fault is fault


def test_a_chinese_sentence_with_latin_names_is_chinese() -> None:
    assert not is_english("临平银泰inPARK正式开街。")
    assert is_english("inPARK (临平) is open.")
