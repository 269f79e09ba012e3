"""What the product is made of: every piece by its hash, under a licence that leaves us free, and the same bytes each time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.licences import allowed, licence_of, needed
from tests.structure import BELOW, imported

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BY_VERSION_ALONE = {"torch"}  # its CPU build and its CUDA build have other hashes, and an index has one or the other
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".linping", "build", "dist", "__pycache__", ".*_cache", "node_modules"
)


def locked(name: str) -> list[Requirement]:
    """Return the lines of one lock, without their hashes. A line without a hash breaks the test."""
    text = (ROOT / "locks" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    for entry in entries:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}(\s|$)", entry), entry
    return [Requirement(re.split(r" \\\n|\s+--hash", entry)[0]) for entry in entries]


def declared() -> Iterator[tuple[str, Requirement]]:
    """Yield each requirement of pyproject.toml with the lock that must hold it."""
    extras = PROJECT["project"]["optional-dependencies"]
    for line in [*PROJECT["project"]["dependencies"], *extras["traces"], *extras["postgres"]]:
        yield "serve", Requirement(line)
        yield "develop", Requirement(line)
    for extra in ("test", "train", "milvus"):
        yield from (("develop", Requirement(line)) for line in extras[extra])
    for group, lines in PROJECT["dependency-groups"].items():
        yield from ((group, Requirement(line)) for line in lines)
        yield from (("develop", Requirement(line)) for line in lines if group == "build")


@pytest.mark.parametrize("name", ["build", "serve", "develop", "supply"])
def test_a_lock_names_exact_versions_and_no_index(name: str) -> None:
    for one in locked(name):
        assert re.fullmatch(r"==[\w.!+]+", str(one.specifier)), one
        assert "+" not in str(one.specifier), f"{one}: a build that one index alone has"
    text = (ROOT / "locks" / f"{name}.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|--(index|extra-index|find-links|trusted)|\bnvidia-|\btriton\b", text)


def test_the_locks_hold_what_the_project_declares() -> None:
    locks = {name: locked(name) for name in ("build", "serve", "develop", "supply")}
    for lock, wanted in declared():
        if wanted.name in BY_VERSION_ALONE:
            assert re.fullmatch(r"==[\d.]+", str(wanted.specifier)), f"{wanted}: not locked, so it must be exact"
            continue
        held = [one for one in locks[lock] if canonicalize_name(one.name) == canonicalize_name(wanted.name)]
        assert held, f"{wanted.name} is not in locks/{lock}.txt: make lock"
        for one in held:
            version = next(iter(one.specifier)).version
            assert Version(version) in wanted.specifier, f"locks/{lock}.txt has {one}, wanted is {wanted}: make lock"


def test_what_serves_is_what_was_tested() -> None:
    tested = {(one.name, str(one.specifier)) for one in locked("develop")}
    for one in (*locked("serve"), *locked("build")):
        assert (one.name, str(one.specifier)) in tested, one


def test_whatever_an_answer_needs_is_in_the_lock() -> None:
    held = {canonicalize_name(one.name) for one in locked("serve")}
    missing = needed("linping-qa", ("traces", "postgres")) - held - BY_VERSION_ALONE
    assert not {
        name for name in missing if not name.startswith(("nvidia-", "cuda-", "triton"))
    }  # of torch's CUDA build


def test_every_package_that_is_asked_for_has_a_licence_that_leaves_us_free() -> None:
    seen = 0
    for name in sorted(needed("linping-qa", ("test", "train", "traces", "postgres", "milvus", "ocr", "local"))):
        if name.startswith(
            ("nvidia-", "cuda-")
        ):  # with torch's CUDA build alone, under NVIDIA's own terms; never needed
            continue
        licence = licence_of(distribution(name))
        assert allowed(licence), f"{name}: {licence!r}"
        seen += 1
    assert seen > 100


@pytest.mark.parametrize(
    ("expression", "free"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("", False),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-2.0-only OR MIT", True),
        ("GPL-3.0-only AND (MIT OR ISC)", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("Commercial", False),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("(MIT", False),
    ],
)
def test_a_licence_is_read_as_it_is_written(expression: str, free: bool) -> None:
    assert allowed(expression) is free


def test_the_two_commands_install_by_hash_and_the_image_too() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^EXACTLY := .*--require-hashes --no-deps", makefile, re.MULTILINE)
    installed = re.findall(r"EXACTLY\) \$\(LOCKS\)/(\w+)\.txt", makefile)
    assert installed == ["build", "develop", "supply"]
    assert (
        "--require-hashes --no-deps --requirement /locks/serve.txt" in (ROOT / "deploy" / "Containerfile").read_text()
    )


@pytest.mark.slow
def test_two_builds_are_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the times, the modes and the folder of the files, wheel and sdist are equal."""
    try:
        distribution("hatchling")
    except PackageNotFoundError:
        pytest.skip("hatchling is not installed: make setup")
    sums = []
    for name, moment, mask in (("one", 1_600_000_000, 0o022), ("two", 1_700_000_000, 0o077)):
        source = tmp_path / name / "source"
        # The weights are sixty megabytes of bytes that nobody writes: enough of every kind of file is left.
        shutil.copytree(
            ROOT,
            source,
            ignore=lambda at, names: {
                *_LEFT_OUT(at, names),
                *(n for n in names if Path(at, n).is_file() and Path(at, n).stat().st_size > 1 << 20),
            },
        )
        for path in source.rglob("*"):
            os.utime(path, (moment, moment))
            path.chmod(path.stat().st_mode & ~mask)
        command = [
            sys.executable,
            "-m",
            "hatchling",
            "build",
            "--directory",
            str(tmp_path / name),
            "-t",
            "sdist",
            "-t",
            "wheel",
        ]
        environment = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
        subprocess.run(
            command,
            cwd=source,
            env={**environment, "TZ": f"UTC{len(sums)}"},
            check=True,
            capture_output=True,
            timeout=600,
        )
        sums.append(
            {path.name: sha256(path.read_bytes()).hexdigest() for path in (tmp_path / name).iterdir() if path.is_file()}
        )
    assert len(sums[0]) == 2
    assert sums[0] == sums[1]


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    homes = packages_distributions()
    imports = {
        name: {canonicalize_name(home) for home in homes.get(name, ())}
        for layer in BELOW
        for path in (ROOT / layer).rglob("*.py")
        if path.relative_to(ROOT).parts[:2] != ("evals", "bench")  # of the peers that are measured beside ours
        for name in imported(path) - sys.stdlib_module_names - BELOW.keys()
    }
    extras = PROJECT["project"]["optional-dependencies"]
    product = {canonicalize_name(Requirement(one).name) for one in PROJECT["project"]["dependencies"]}
    known = product | {canonicalize_name(Requirement(one).name) for lines in extras.values() for one in lines}
    # Not installed here: the extras `local` and `ocr`.
    assert {name for name, homes in imports.items() if homes and not homes & known} == set()
    used = {home for homes in imports.values() for home in homes}
    # FastAPI reads forms with it.
    assert product - used - {"python-multipart"} == set()
