"""The data: every case is well formed, stands on words of the articles, and is kept from the answerer."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.chinese.text import fold
from corpus.records import Article
from evals.cases import SETS, BadCase, EvalCase, check_evidence, dataset_hash, read_cases
from evals.locating import locate
from evals.run.suite import load_suite, shard, smoke, written_paths
from evals.run.worlds import pinned_articles
from tests.evals.worlds import AGE, ARTICLES

ROOT = Path(__file__).resolve().parents[2]
LINE = (SETS / "plain.jsonl").read_text(encoding="utf-8").splitlines()[0]


def test_the_suite_has_the_families_and_the_size_that_a_three_point_drop_needs(suite: tuple[EvalCase, ...]) -> None:
    written = [case for case in suite if not case.made]
    assert len(written) >= 600
    assert len({case.id for case in suite}) == len(suite)
    count = Counter(case.family for case in suite)
    wanted = {
        "number": 80,
        "list": 40,
        "cross": 20,
        "temporal": 40,
        "conflict": 24,
        "unanswerable": 80,
        "premise": 15,
        "followup": 40,
        "injection": 60,
        "planted": 60,
        "robustness": 300,
    }
    assert {family: count[family] for family in wanted if count[family] < wanted[family]} == {}
    assert sum(count[family] for family in ("why", "how", "definition")) >= 40
    assert sum(count[family] for family in ("entity", "person", "org", "name", "place")) >= 60


def test_every_quote_is_byte_for_byte_what_its_article_says(
    suite: tuple[EvalCase, ...], articles: tuple[Article, ...]
) -> None:
    by_id = {article.id: article for article in articles}
    check_evidence(suite, by_id)
    checked = [one for case in suite for one in case.evidence]
    assert len(checked) > 600
    assert all(by_id[one.article_id].text[one.start : one.end].encode() == one.quote.encode() for one in checked)


@pytest.mark.parametrize(
    "evidence",
    [
        replace(AGE.evidence[0], start=AGE.evidence[0].start + 1),
        replace(AGE.evidence[0], quote="广济桥至今已有600年"),
        replace(AGE.evidence[0], article_id="no-such"),
    ],
)
def test_a_quote_that_is_off_by_one_character_is_refused(evidence: object) -> None:
    with pytest.raises(BadCase) as caught:
        check_evidence([replace(AGE, evidence=(evidence,))], ARTICLES)  # type: ignore[arg-type]
    assert caught.value.exit_code == 30


def test_gold_that_its_evidence_does_not_hold_is_refused() -> None:
    broken = replace(AGE, gold=(replace(AGE.gold[0], aliases=("900年",)),))
    with pytest.raises(BadCase, match="不在它的依据里"):
        check_evidence([broken], ARTICLES)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "ID with space"),
        ("answerable", "yes"),
        ("expected_status", "maybe"),
        ("split", "hidden"),
        ("evidence", []),
        ("gold", []),
        ("tags", [""]),
        ("question", ""),
        ("draft", True),
        ("as_of", "yesterday"),
    ],
)
def test_the_schema_refuses_a_row_that_is_no_case(field: str, value: object, tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(LINE + "\n", encoding="utf-8")
    assert len(read_cases(path)) == 1
    path.write_text(
        LINE + "\n" + json.dumps({**json.loads(LINE), "id": "other-1", field: value}) + "\n", encoding="utf-8"
    )
    with pytest.raises(BadCase, match="第 2 行"):
        read_cases(path)


def test_two_cases_of_one_id_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(f"{LINE}\n{LINE}\n", encoding="utf-8")
    with pytest.raises(BadCase, match="编号重复"):
        read_cases(path)


def test_no_cluster_lies_in_both_splits(suite: tuple[EvalCase, ...]) -> None:
    splits: dict[str, set[str]] = {}
    for case in suite:
        splits.setdefault(case.cluster, set()).add(case.split)
    assert all(len(found) == 1 for found in splits.values())
    share = sum(case.split == "test" for case in suite) / len(suite)
    assert 0.2 < share < 0.45
    bases: dict[str, set[str]] = {}
    for case in suite:
        bases.setdefault(case.base_id, set()).add(case.cluster)
    assert all(len(found) == 1 for found in bases.values())


def test_the_files_say_the_splits_that_the_clusters_bear_out(tmp_path: Path, articles: tuple[Article, ...]) -> None:
    copies = [tmp_path / path.name for path in written_paths()]
    for path, copy in zip(written_paths(), copies, strict=True):
        copy.write_bytes(path.read_bytes())
    assert locate(copies, {article.id: article for article in articles}) == 0
    rows = copies[0].read_text(encoding="utf-8").splitlines()
    first = json.loads(rows[0])
    first["split"] = "test" if first["split"] == "dev" else "dev"
    copies[0].write_text("\n".join([json.dumps(first, ensure_ascii=False), *rows[1:]]) + "\n", encoding="utf-8")
    assert locate(copies, {article.id: article for article in articles}) == 1


CODE = [
    path
    for layer in ("corpus", "index", "rag")
    for path in sorted((ROOT / layer).rglob("*"))
    if path.suffix in {".py", ".txt", ".tsv", ".json", ".jsonl", ".toml", ".csv", ".md"}
    and path.stat().st_size < 20_000_000
    and "articles" not in path.parts
]


def test_the_answerers_code_never_reads_the_cases() -> None:
    assert len(CODE) > 60
    for path in (one for one in CODE if one.suffix == ".py"):
        names, texts = imports_and_texts(path)
        assert not [name for name in names if name.split(".")[0] == "evals"], (
            f"{path.relative_to(ROOT)} imports the evaluation"
        )
        reading = [text for text in texts if re.search(r"\bevals\b|(?:^|/)(?:plain|dev|further)\.jsonl", text)]
        assert not reading, f"{path.relative_to(ROOT)} names {reading}"


def imports_and_texts(path: Path) -> tuple[list[str], list[str]]:
    """Return what a module imports, and the strings it works with: docstrings are read by people alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: list[str] = []
    told: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            told.add(id(node.value))
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]
    return names, texts


def test_no_question_of_the_suite_stands_in_code_models_or_glossaries(suite: tuple[EvalCase, ...]) -> None:
    asked = {
        case.id: fold(case.question)
        for case in suite
        if not case.made and len(case.question) >= 12 and case.split == "test"
    }
    assert len(asked) > 100
    for path in CODE:
        text = fold(path.read_text(encoding="utf-8", errors="replace"))
        found = [case_id for case_id, question in asked.items() if question in text]
        assert not found, f"{path.relative_to(ROOT)} holds {found}"


def test_the_hash_of_the_data_moves_with_every_change_and_not_with_the_order(suite: tuple[EvalCase, ...]) -> None:
    few = suite[:20]
    assert dataset_hash(few) == dataset_hash(tuple(reversed(few)))
    assert dataset_hash(few) != dataset_hash((*few[1:], replace(few[0], question=few[0].question + "？")))


def test_articles_that_changed_under_the_cases_are_refused(tmp_path: Path) -> None:
    pins = tmp_path / "articles.json"
    pins.write_text('{"2024-05-linping-shuangcheng": "0"}', encoding="utf-8")
    with pytest.raises(BadCase, match="被改动过"):
        pinned_articles(pins=pins)
    pins.write_text('{"no-such-article": "0"}', encoding="utf-8")
    with pytest.raises(BadCase, match="不在"):
        pinned_articles(pins=pins)


def test_a_set_that_nobody_knows_is_named(articles: tuple[Article, ...]) -> None:
    with pytest.raises(BadCase, match="没有名为「news」"):
        load_suite("news", articles)


def test_shards_are_the_suite_and_a_smoke_run_has_every_family(suite: tuple[EvalCase, ...]) -> None:
    parts = [shard(suite, part, 4) for part in (1, 2, 3, 4)]
    assert sorted(case.id for part in parts for case in part) == sorted(case.id for case in suite)
    few = smoke(suite)
    assert {case.family for case in few} == {case.family for case in suite}
    assert 30 <= len(few) <= 60
    assert len({case.id for case in few}) == len(few)
