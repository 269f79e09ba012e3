"""What is installed from the wheel answers by itself: articles, models, page and words are inside, the project is not near."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".linping", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", "tests"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the wheel was installed to, without what it depends on."""
    home = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, home / "source", ignore=_LEFT_OUT)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    built = [
        *pip,
        "wheel",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(home),
        str(home / "source"),
    ]
    subprocess.run(built, check=True, capture_output=True, timeout=600)
    (wheel,) = home.glob("*.whl")
    target = home / "site"
    subprocess.run(
        [*pip, "install", "--no-index", "--no-deps", "--target", str(target), str(wheel)], check=True, timeout=600
    )
    shutil.rmtree(home / "source")
    return target


def linping(installed: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run the command as installed, somewhere else, with a home of its own."""
    home = installed.parent / "home"
    home.mkdir(exist_ok=True)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LINPING_", "XDG_"))}
    code = f"import ui.terminal.cli; assert ui.terminal.cli.__file__.startswith({str(installed)!r}), ui.terminal.cli.__file__; ui.terminal.cli.main()"
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *command],
        cwd=home,
        env={**plain, "PYTHONPATH": str(installed), "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.slow
def test_the_wheel_answers_and_could_serve(installed: Path) -> None:
    asked = linping(installed, "ask", "临平2028工业目标是多少?")
    assert asked.returncode == 0, asked.stderr
    assert "3000亿元" in asked.stdout
    assert (installed.parent / "home" / ".local" / "share" / "linping" / "index" / "CURRENT").is_file()
    checked = linping(installed, "serve", "--check", "--port", "0")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert (installed / "ui" / "assets" / "page.js").is_file()
