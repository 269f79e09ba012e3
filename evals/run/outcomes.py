"""What became of one case: the row of `cases.jsonl`, and how answers are written and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from evals.cases import BadCase, EvalCase
from evals.metrics.relevance import Retrieved
from evals.metrics.tracing import Traced
from rag.records import Answer, Citation, Claim, Conflict, Mode, Status

PASS, FAIL, ERROR = "PASS", "FAIL", "ERROR"


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What the system made of a case. `answer` is None in a run that only searches, and when `error` says why.

    `retrieved` is None when the system does not tell what it found: then nothing about finding is measured.
    """

    case_id: str
    answer: Answer | None
    retrieved: tuple[Retrieved, ...] | None
    error: str = ""
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.case_id,
            "answer": self.answer and self.answer.to_json(),
            "retrieved": None if self.retrieved is None else [_found_json(found) for found in self.retrieved],
            "error": self.error,
            "seconds": round(self.seconds, 5),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> CaseOutcome:
        found = row["retrieved"]
        return cls(
            row["id"],
            row["answer"] and answer_from_json(row["answer"]),
            None if found is None else tuple(_found(hit) for hit in found),
            row["error"],
            row["seconds"],
        )


@dataclass(frozen=True, slots=True)
class ScoredCase:
    """A scored case. `metrics` holds only what was measured on it; `cause` is a key of `CAUSES`, empty for a pass."""

    case: EvalCase
    outcome: CaseOutcome
    metrics: Mapping[str, float]
    traced: tuple[Traced, ...]
    verdict: str
    cause: str = ""
    why: str = ""
    gold_rank: int | None = None
    judged: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return everything that a reader of one case needs, in plain JSON values."""
        case, outcome = self.case, self.outcome.to_json()
        return {
            "id": case.id,
            "base_id": case.base_id,
            "cluster": case.cluster,
            "family": case.family,
            "split": case.split,
            "variant": case.variant,
            "question": case.question,
            "history": [list(turn) for turn in case.history],
            "as_of": case.as_of and case.as_of.isoformat(),
            "answerable": case.answerable,
            "expected": case.expected,
            "tags": list(case.tags),
            "planted": case.planted and case.planted.text,
            "gold": [{"fact": fact.name, "aliases": list(fact.aliases), "must": fact.must} for fact in case.gold],
            "any": case.any_evidence,
            "evidence": [asdict(one) for one in case.evidence],
            "verdict": self.verdict,
            "cause": self.cause,
            "why": self.why,
            "metrics": {key: round(value, 6) for key, value in sorted(self.metrics.items())},
            "facts": [
                {
                    "claim": one.claim,
                    "text": one.fact.text,
                    "kind": one.fact.kind,
                    "start": one.fact.start,
                    "end": one.fact.end,
                    "level": int(one.level),
                }
                for one in self.traced
            ],
            "gold_rank": self.gold_rank,
            "answer": outcome["answer"],
            "retrieved": outcome["retrieved"],
            "error": outcome["error"],
            "seconds": outcome["seconds"],
            **({"judged": dict(self.judged)} if self.judged else {}),
        }


def answer_from_json(row: Mapping[str, Any]) -> Answer:
    """Return the answer that `Answer.to_json` wrote. Raises BadCase naming the field that is missing."""
    try:
        known = {one.name for one in fields(Answer)}
        rest = {key: value for key, value in row.items() if key in known}
        rest |= {
            "status": Status(row["status"]),
            "mode": Mode(row["mode"]),
            "claims": tuple(_claim(claim) for claim in row["claims"]),
            "citations": tuple(Citation(**citation) for citation in row["citations"]),
            "conflicts": tuple(Conflict(**{**one, "claims": tuple(one["claims"])}) for one in row["conflicts"]),
        }
        for name in ("notices", "suggestions"):
            if isinstance(rest.get(name), list):
                rest[name] = tuple(rest[name])
        return Answer(**rest)
    except (KeyError, TypeError, ValueError) as error:
        raise BadCase(f"记录里的回答读不了：{error!r}。") from error


def _claim(row: Mapping[str, Any]) -> Claim:
    return Claim(**{**row, "citations": tuple(row["citations"])})


def _found(row: Sequence[Any]) -> Retrieved:
    return Retrieved(*row)


def _found_json(found: Retrieved) -> list[Any]:
    rounded = [None if score is None else round(score, 4) for score in (found.score, found.lexical, found.dense)]
    return [found.article_id, found.start, found.end, *rounded]
