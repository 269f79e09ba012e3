"""`python -m rag.training MODEL`: train one of the models that answering needs."""

from __future__ import annotations

from pathlib import Path

import click

_DATA = click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("../shared/data"),
    show_default=True,
    help="folder of the training sets",
)
_APART = click.option(
    "--embedder",
    "embedder_folder",
    default=Path("build/embedder-apart"),
    show_default=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="vectors that do not know the questions; docs/training.md tells how they are made",
)
_GREEN = click.option("--green-only", is_flag=True, help="leave out sets whose licence is not stated")


@click.group()
def main() -> None:
    """Train one model; each command prints its minutes and scores and writes the model card."""


@main.command()
@_DATA
@_GREEN
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("rag/models/reader"),
    show_default=True,
    help="folder that the model is written to",
)
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/reader"),
    show_default=True,
    help="folder of the pretrained weights and of what an interrupted run has learned",
)
@click.option("--last", is_flag=True, help="only the last stage, of the reader that lies in --out")
def reader(data: Path, green_only: bool, out: Path, cache: Path, last: bool) -> None:
    """Reader: question and sentence together → does it answer, and with which words?"""
    from rag.training.reader import run

    run(data, out, cache, green_only=green_only, last=last, say=click.echo)


@main.command()
@_DATA
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("rag/models/english"),
    show_default=True,
    help="folder that the dictionary is written to",
)
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/encoder"),
    show_default=True,
    help="folder of the package that carries CC-CEDICT",
)
def english(data: Path, out: Path, cache: Path) -> None:
    """Dictionary: English terms and names → the Chinese words that mean them."""
    from rag.training.english import train

    train(data, cache, out, say=click.echo)


@main.command()
@_DATA
@click.option("--set", "name", default="cmrc2018_trial", show_default=True, help="a reading set of the data")
@click.option("--limit", type=int, help="questions; all when left out")
@click.option("--write", "written", is_flag=True, help="into the README and the reader's card as well")
def reading(data: Path, name: str, limit: int | None, written: bool) -> None:
    """Print how the shipped models find and read over a whole reading set."""
    from corpus.measured import ROOT, write
    from rag.training.open_reading import run

    table = run(data, name, limit)
    click.echo(table)
    for document in (ROOT / "README.md", ROOT / "rag" / "models" / "reader" / "README.md") if written else ():
        write(document, "python -m rag.training reading --write", table)


@main.command()
@_DATA
@_GREEN
@_APART
@click.option("--limit", type=int, help="questions of each set; all when left out")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("rag/models/ranker"),
    show_default=True,
    help="folder that the model is written to",
)
def ranker(data: Path, green_only: bool, limit: int | None, embedder_folder: Path, out: Path) -> None:
    """Sentence ranker: candidate sentences → best first."""
    from rag.training.ranker import train

    train(data, out, embedder_folder, green_only=green_only, limit=limit, say=click.echo)


@main.command()
@_DATA
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("rag/models/judge"),
    show_default=True,
    help="folder that the weights are written to",
)
@click.option(
    "--models",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("rag/models"),
    show_default=True,
    help="the models whose signs are weighed",
)
def judge(data: Path, out: Path, models: Path) -> None:
    """Judge: may the best sentence be shown?"""
    from rag.training.judge import train

    train(data, out, models, say=click.echo)


@main.command()
@_DATA
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("rag/models/places"),
    show_default=True,
    help="folder that the table is written to",
)
def places(data: Path, out: Path) -> None:
    """Names of places, and what lies in what."""
    from rag.training.places import train

    train(data, out, click.echo)


@main.command()
@_DATA
@click.option("--limit", type=int, default=500, show_default=True, help="questions of each corpus")
def sizes(data: Path, limit: int) -> None:
    """Passage sizes: print how well passages and sentences are found when articles are cut in six ways."""
    from rag.training.sizes import run

    run(data, limit, click.echo)


@main.command()
@_DATA
@click.option("--limit", type=int, help="rows of news; all when left out")
def proof(data: Path, limit: int | None) -> None:
    """Proof of a language model's sentences: print what each strictness releases and withholds."""
    from rag.training.proof import run

    run(data, limit, click.echo)


if __name__ == "__main__":
    main()
