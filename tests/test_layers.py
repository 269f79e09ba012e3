"""Imports flow one way, and asking a question stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.structure import BELOW, ROOT, arrows_up, circles, folder_graph, folder_of, imported, module_graph, rooms

HEAVY = ("torch", "sentence_transformers", "transformers", "jieba", "lightgbm", "gradio", "langchain_core", "sklearn")
BANNED = {"pickle", "dill", "joblib", "shelve", "marshal", "langchain_community"}
PEERS = (
    "evals/bench/systems.py"  # what ours is measured beside; nothing else may import it but the command that measures
)

# Two pages, of the web and of a PDF; two readings and two kinds of pieces; what a line and what a system must be able to do.
TWICE = {"Page", "Pieces", "Reading", "Line", "System"}


def modules(layer: str) -> list[Path]:
    return sorted((ROOT / layer).rglob("*.py"))


def test_imports_flow_one_way() -> None:
    graph = module_graph()
    assert len(graph) > 300
    assert arrows_up(graph) == set()


def test_nothing_is_come_back_to() -> None:
    graph = module_graph()
    assert circles(graph) == set()
    assert circles(rooms(folder_graph(graph))) == set()


def test_what_goes_back_and_what_goes_round_is_found() -> None:
    graph = {
        "corpus.a": {"rag.b.c"},
        "rag.b.c": {"rag.d.e"},
        "rag.d.e": {"rag.b.f"},
        "rag.b.f": {"corpus.a"},
        "ui.x": {"evals.y"},
        "evals.y": set(),
    }
    assert arrows_up(graph) == {("corpus.a", "rag.b.c"), ("ui.x", "evals.y")}
    assert circles(graph) == {"corpus.a", "rag.b.c", "rag.d.e", "rag.b.f"}
    assert folder_of("rag.b.c", graph) == "rag.b" and folder_of("corpus.a", graph) == "corpus"
    assert circles(rooms(folder_graph(graph))) == {"rag.b", "rag.d"}


def test_a_class_has_its_name_for_itself() -> None:
    named = Counter(
        node.name
        for layer in BELOW
        for path in modules(layer)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert len(named) > 400
    assert {name for name, count in named.items() if count > 1} == TWICE


@pytest.mark.parametrize("layer", BELOW)
def test_nothing_that_could_run_stored_code_is_imported(layer: str) -> None:
    for path in modules(layer):
        peers = {"langchain_community"} if path == ROOT / PEERS else set()
        assert not imported(path) & (BANNED - peers), path
        assert "evals.bench" not in path.read_text(encoding="utf-8") or path.parent == ROOT / "evals" / "bench", path
        calls = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not calls & {"eval", "exec"}, path


@pytest.mark.parametrize("layer", BELOW)
def test_a_layer_is_the_one_in_this_repository(layer: str) -> None:
    found = __import__(layer).__file__
    assert found is not None
    assert Path(found).resolve().is_relative_to(ROOT)


def test_only_one_module_imports_each_library_with_a_face() -> None:
    found = {"gradio": set(), "faiss": set(), "sentence_transformers": set(), "pymilvus": set()}  # type: dict[str, set[str]]
    for layer in BELOW:
        for path in modules(layer):
            for library in found.keys() & imported(path):
                found[library].add(str(path.relative_to(ROOT)))
    assert found["gradio"] == {"ui/page/app.py"}
    assert found["pymilvus"] == {"index/milvus/database.py"}
    assert found["faiss"] == {"index/search/dense.py", PEERS}
    # The second is what that library itself loads for our encoder's folder: nothing here imports it.
    ours = {path for path in found["sentence_transformers"] if "training" not in path}
    assert ours == {"index/search/embedding.py", "index/sentence_module.py"}


def test_asking_imports_nothing_heavy(index_folder: Path) -> None:
    code = (
        "import sys; sys.argv = ['linping', 'ask', '临平2028工业目标是多少?', '--index', sys.argv[1]]\n"
        "from ui.terminal.cli import main; main()\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(index_folder)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "3000亿元" in done.stdout


def test_code_names_nothing_that_stands_in_one_article_alone() -> None:
    """Six Han characters in a row that one of the five articles has and no other: a rule was written for it."""
    runs = re.compile("[\u4e00-\u9fff]{6,}")

    def sixes(text: str) -> set[str]:
        return {run[at : at + 6] for run in runs.findall(text) for at in range(len(run) - 5)}

    articles = [
        sixes("".join(path.read_text(encoding="utf-8").split()))
        for path in (ROOT / "corpus" / "articles").glob("*.txt")
    ]
    assert len(articles) == 5
    alone = {one for one, count in Counter(one for article in articles for one in article).items() if count == 1}
    for layer in BELOW:
        for path in (*modules(layer), *(ROOT / layer / "words").glob("*.txt")):
            if (
                path == ROOT / "evals" / "run" / "transforms.py"
            ):  # the other names of what the questions of these articles ask about
                continue
            found = {one for one in sixes(path.read_text(encoding="utf-8")) & alone if "临平区" not in one}
            assert not found, f"{path.relative_to(ROOT)}: {found}"
