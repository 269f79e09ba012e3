"""`python -m tests.rag.aids_gain`: what the query aids can bring at best, with ideal aids in place of a model's.

An ideal expansion of a variant is the base question that it varies; an ideal rewriting of a follow-up, and ideal parts of a
question over several articles, are the gold facts, each asked for by name. Counted is how often all gold words stand in the evidence that the
model is shown, and how many questions are refused before a model is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evals.cases import SETS, EvalCase, read_cases
from rag.answerer import ExtractiveAnswerer
from rag.llm.answerer import GenerativeAnswerer
from rag.records import Status
from tests.rag.liar import _letters
from tests.rag.test_generating import Counting

FAMILIES = {
    "expand": ("everyday", "typo", "english", "pinyin", "traditional"),
    "rewrite": ("followup",),
    "decompose": ("cross", "compute", "conflict"),
}
_EVIDENCE = 3600  # characters, as in an answer


def ideal(case: EvalCase, aid: str, bases: dict[str, EvalCase]) -> tuple[str, ...]:
    """Return the further questions of an ideal model."""
    if aid in ("decompose", "rewrite"):
        return tuple(dict.fromkeys(f"{fact.name}是多少？" for fact in case.gold if fact.must))[:3]
    base = bases.get(case.base_id)
    return (base.question,) if base is not None and base.id != case.id and not base.history else ()


def gain(answerer: ExtractiveAnswerer, cases: Sequence[EvalCase], aid: str) -> tuple[int, int, int, int, int]:
    """Return questions, gold in the evidence without and with the aid, refusals without and with it."""
    model = GenerativeAnswerer(answerer, Counting(lambda prompt: ""))
    bases = {case.id: case for case in cases}
    counts = [0, 0, 0, 0, 0]
    for case in cases:
        further = ideal(case, aid, bases)
        if case.family not in FAMILIES[aid] or case.expected != "answered" or not case.evidence or not further:
            continue
        found = answerer.find(case.question, case.history)
        base = answerer.answer(case.question, case.history)
        refused = base.status is Status.REFUSED
        rescued = refused and any(answerer.answer(other).status is Status.ANSWERED for other in further)
        counts[0] += 1
        counts[1] += not refused and _holds(model, base, found, (), case)
        counts[2] += (not refused or rescued) and _holds(model, base, found, further, case)
        counts[3] += refused
        counts[4] += refused and not rescued
    return counts[0], counts[1], counts[2], counts[3], counts[4]


def _holds(model: GenerativeAnswerer, base: object, found: object, further: Sequence[str], case: EvalCase) -> bool:
    evidence = model._evidence(base, found, further, _EVIDENCE)  # type: ignore[arg-type]
    text = "".join(_letters(one.text) for one in evidence)
    gold = [_letters(one.quote)[:30] in text for one in case.evidence]
    return any(gold) if case.any_evidence else all(gold)


def main() -> None:
    from index.search.embedding import load_embedder
    from index.storage.store import open_index
    from rag.reading.finder import Models

    answerer = ExtractiveAnswerer(open_index(Path(".linping/index"), load_embedder()), Models.built_in())
    cases = read_cases(SETS / "dev.jsonl")
    print(
        "| aid | questions | gold in the evidence | with the aid | refused | with the aid |\n|---|---|---|---|---|---|"
    )
    for aid in FAMILIES:
        print(f"| {aid} | " + " | ".join(map(str, gain(answerer, cases, aid))) + " |")


if __name__ == "__main__":
    main()
