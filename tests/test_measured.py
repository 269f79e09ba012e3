from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from corpus.measured import ROOT, NoSuchBlock, models_hash, stale, write
from evals.report.baselines import BASELINE, read_summary

NOW = models_hash()[:8]
OF_OTHERS = "前\n<!-- measured:begin python -m some.thing of 00000000 -->\n旧\n<!-- measured:end -->\n后\n"


def test_figures_are_written_between_their_marks_alone_and_are_fresh_then(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text(OF_OTHERS, encoding="utf-8")
    assert stale(document) == ["python -m some.thing"]
    write(document, "python -m some.thing", "新")
    assert document.read_text(encoding="utf-8") == OF_OTHERS.replace("旧", "新").replace("00000000", NOW)
    assert stale(document) == []


def test_a_document_without_the_marks_is_refused_and_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text(OF_OTHERS, encoding="utf-8")
    with pytest.raises(NoSuchBlock, match=r"a\.md"):
        write(document, "python -m another.thing", "新")
    assert document.read_text(encoding="utf-8") == OF_OTHERS


def test_the_hash_is_of_the_models_and_not_of_what_is_written_about_them(tmp_path: Path) -> None:
    folder = tmp_path / "rag" / "models" / "one"
    folder.mkdir(parents=True)
    (folder / "weights.json").write_text("1", encoding="utf-8")
    hashes = []
    for name in ("weights.json", "README.md", "weights.json"):
        models_hash.cache_clear()
        hashes.append(models_hash(tmp_path))
        (folder / name).write_text(f"{name} {len(hashes)}", encoding="utf-8")
    models_hash.cache_clear()
    assert hashes[0] != hashes[1] == hashes[2] != models_hash(tmp_path)


def test_no_figure_was_measured_with_other_models() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    ).stdout
    told = {name: stale(ROOT / name) for name in listed.split()}
    assert {name: commands for name, commands in told.items() if commands} == {}, "run the commands again"
    assert read_summary(BASELINE)["hashes"]["models"] == models_hash(), "run `linping eval baseline`"
