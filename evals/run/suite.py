"""Which cases a run asks: the written sets, and those that code makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from corpus.records import Article
from evals.cases import SETS, BadCase, EvalCase, check_evidence, read_cases, refuse_doubles
from evals.run.attacks import planted_attacks, user_attacks
from evals.run.splitting import clustered, split_of
from evals.run.transforms import variants

WRITTEN = ("plain", "dev", "further")
MADE = ("robustness", "attacks")
ALL = "all"


def written_paths() -> list[Path]:
    """Return the files of the written sets that exist."""
    return [path for name in WRITTEN if (path := SETS / f"{name}.jsonl").is_file()]


def load_suite(names: str, articles: Sequence[Article], split: str = "") -> tuple[EvalCase, ...]:
    """Return the cases of one or more sets (`plain,dev`), of a file of one's own, or all of them; only `split` if given.

    Every case comes with its cluster; clusters are formed over the written sets together. Raises BadCase for a set that is
    unknown or broken, for evidence that is not in the articles, and for a `split` that the clusters do not bear out.
    """
    by_id = {article.id: article for article in articles}
    own = [Path(name) for name in names.split(",") if name.endswith(".jsonl")]
    wanted = [*WRITTEN, *MADE] if names == ALL else [name for name in names.split(",") if not name.endswith(".jsonl")]
    unknown = [name for name in wanted if name not in (*WRITTEN, *MADE)]
    if unknown:
        raise BadCase(
            f"没有名为「{unknown[0]}」的评测集；现有 {'、'.join((*WRITTEN, *MADE))}，也可以给出 .jsonl 文件。"
        )
    read = {path.stem: read_cases(path) for path in written_paths()}
    read |= {str(path): read_cases(path) for path in own}
    everything = [case for cases in read.values() for case in cases]
    refuse_doubles(everything, "评测集")
    check_evidence(everything, by_id)
    grouped = {case.id: case for case in clustered(everything)}
    for name in read:
        if name in WRITTEN:
            _check_splits(read[name], grouped)
    bases = [grouped[case.id] for name in ("plain", "dev") for case in read.get(name, ())]
    chosen: list[EvalCase] = []
    for name in [*wanted, *map(str, own)]:
        chosen += [grouped[case.id] for case in read.get(name, ())]
        if name == "robustness":
            chosen += variants(bases)
        if name == "attacks":
            chosen += [*user_attacks(bases), *planted_attacks(bases)]
    chosen = [replace(case, split=split_of(case.cluster)) for case in chosen]
    refuse_doubles(chosen, "评测集")
    kept = tuple(case for case in chosen if not split or case.split == split)
    if not kept:
        raise BadCase(f"评测集「{names}」里没有题。")
    return kept


def smoke(cases: Sequence[EvalCase], count: int = 40) -> tuple[EvalCase, ...]:
    """Return about `count` cases, spread over the families in proportion, at least one of each."""
    families: dict[str, list[EvalCase]] = {}
    for case in cases:
        families.setdefault(case.family, []).append(case)
    kept: list[EvalCase] = []
    for members in families.values():
        take = max(1, round(count * len(members) / len(cases)))
        step = len(members) / take
        kept += [members[int(at * step)] for at in range(take)]
    return tuple(kept)


def shard(cases: Sequence[EvalCase], part: int, parts: int) -> tuple[EvalCase, ...]:
    """Return part `part` of `parts`, counted from 1: every `parts`-th case. Together the parts are all cases."""
    return tuple(cases[part - 1 :: parts])


def _check_splits(cases: Sequence[EvalCase], grouped: dict[str, EvalCase]) -> None:
    for case in cases:
        if case.split != split_of(grouped[case.id].cluster):
            raise BadCase(f"{case.id} 的 split 和它的题组不一致，运行 linping eval locate 重新划分。")
