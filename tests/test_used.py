"""What stands in a package is used by a package: what tests alone use is theirs, or nobody's."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import pytest

from tests.structure import BELOW, ROOT

# Doors for other people's programs.
DOORS = {"index.langchain.ArticleRetriever", "rag.chain.AnswerChain", "index.sentence_module.EncoderModule"}


def unused(modules: Mapping[str, ast.Module]) -> Iterator[str]:
    """Yield the functions and classes of modules that neither their own module nor another one names.

    A decorated function is used by its decorator; `module.name` counts for every module that is imported.
    """
    imported: set[str] = set()
    attributes: set[str] = set()
    for tree in modules.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                imported |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Attribute):
                attributes.add(node.attr)
    for name, tree in modules.items():
        own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name in own:
                continue
            decorated = isinstance(node, ast.FunctionDef) and bool(node.decorator_list)
            through = name in imported and node.name in attributes
            if not decorated and not through and f"{name}.{node.name}" not in imported:
                yield f"{name}.{node.name}"


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("", ["a.b.lonely"]),
        ("from a.b import lonely", []),
        ("from a import b\nb.lonely()", []),
        ("x.lonely()", ["a.b.lonely"]),
    ],
)
def test_a_name_that_nobody_uses_is_found(other: str, found: list[str]) -> None:
    made = "def lonely(): pass\ndef helped(): pass\nhelped()\n@command\ndef told(): pass"
    assert list(unused({"a.b": ast.parse(made), "a.c": ast.parse(other)})) == found


def test_what_stands_in_a_package_is_used_by_a_package() -> None:
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            path.read_text(encoding="utf-8")
        )
        for layer in BELOW
        for path in sorted((ROOT / layer).rglob("*.py"))
    }
    assert set(unused(modules)) == DOORS
