"""`python -m tests.structure [FOLDER]`: the folders of this project, or of another checkout of it, drawn with what each needs of the others."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What lies below each layer. `ui` and `evals` never meet but in one place, where the commands of all layers do.
BELOW = {
    "corpus": set(),
    "index": {"corpus"},
    "rag": {"corpus", "index"},
    "ui": {"corpus", "index", "rag"},
    "evals": {"corpus", "index", "rag"},
}  # type: dict[str, set[str]]
MEETING = "ui.terminal.cli"

Graph = dict[str, set[str]]


def module_graph(root: Path = ROOT, layers: Iterable[str] = BELOW) -> Graph:
    """Return which modules each module imports, all by their dotted names."""
    paths = {_name(path.relative_to(root)): path for layer in layers for path in sorted((root / layer).rglob("*.py"))}
    graph: Graph = {name: set() for name in paths}
    for name, path in paths.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                wanted = (f"{node.module}.{alias.name}" for alias in node.names)
                graph[name] |= {one if one in paths else node.module for one in wanted} & paths.keys() - {name}
    return graph


def imported(path: Path) -> set[str]:
    """Return the top-level packages that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def folder_of(module: str, graph: Graph) -> str:
    """Return the folder that a module lies in: «rag.answers», or «rag» for one beside the folders."""
    layer, *rest = module.split(".")
    return (
        f"{layer}.{rest[0]}"
        if len(rest) > 1 or (rest and any(one.startswith(f"{module}.") for one in graph))
        else layer
    )


def folder_graph(graph: Graph) -> Graph:
    """Return which folders each folder needs."""
    folders: Graph = {folder_of(name, graph): set() for name in graph}
    for name, others in graph.items():
        folders[folder_of(name, graph)] |= {folder_of(other, graph) for other in others}
    return {name: others - {name} for name, others in folders.items()}


def circles(graph: Mapping[str, set[str]]) -> set[str]:
    """Return the members that are come back to: what is left when everything that needs nothing of the rest is taken away."""
    left = {name: set(others) for name, others in graph.items()}
    for direction in (lambda name: left[name], lambda name: {one for one in left if name in left[one]}):
        while free := [name for name in left if not direction(name) & left.keys()]:
            for name in free:
                del left[name]
    return set(left)


def arrows_up(graph: Graph) -> set[tuple[str, str]]:
    """Return the imports that go against the one direction."""
    return {
        (name, other)
        for name, others in graph.items()
        for other in others
        if name != MEETING and (a := name.split(".")[0]) != (b := other.split(".")[0]) and b not in BELOW[a]
    }


def sizes(root: Path, graph: Graph) -> dict[str, tuple[int, int]]:
    """Return the modules and lines of every folder."""
    modules: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for name in graph:
        path = root.joinpath(*name.split("."))
        file = path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"
        modules[folder_of(name, graph)] += 1
        lines[folder_of(name, graph)] += len(file.read_text(encoding="utf-8").splitlines())
    return {name: (modules[name], lines[name]) for name in sorted(modules)}


def drawn(root: Path = ROOT) -> str:
    """Return a table of folders, and what goes against the direction or in circles."""
    graph = module_graph(root)
    folders = folder_graph(graph)
    rows = [
        f"| `{name}` | {count} | {lines:,} | {', '.join(f'`{one}`' for one in sorted(folders[name])) or '–'} |"
        for name, (count, lines) in sizes(root, graph).items()
    ]
    up, modules, round_ = arrows_up(graph), circles(graph), circles(rooms(folders))
    return "\n".join(
        [
            f"{len(graph)} modules; arrows back: {len(up)}; modules in circles: {len(modules)}; folders in circles: {len(round_)}.",
            *(f"- {one}" for one in sorted({*(f"{a} → {b}" for a, b in up), *modules, *round_})),
            "",
            "| folder | modules | lines | needs |",
            "|---|--:|--:|---|",
            *rows,
        ]
    )


def rooms(folders: Graph) -> Graph:
    """Return the graph without a layer's own modules: records that all its folders share, and the door that uses them all."""
    return {name: {one for one in others if "." in one} for name, others in folders.items() if "." in name}


def _name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


if __name__ == "__main__":
    print(drawn(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT))
