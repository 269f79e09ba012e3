"""`linping serve --check`, what the server writes to its log, and the files that put it into service."""

from __future__ import annotations

import json
import logging
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ui.service import wording as wording_serving
from ui.service.logs import JsonLines, Lines
from ui.settings import PREFIX, Settings
from ui.terminal.cli import cli
from ui.web.serving import check_serving

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def test_all_that_serving_needs_is_looked_at(index_folder: Path, tmp_path: Path) -> None:
    findings = check_serving(Settings(index=index_folder, port=0, feedback=tmp_path / "here" / "feedback.jsonl"))
    assert all(finding.good for finding in findings), findings
    assert "能回答「" in findings[0].detail


def test_what_is_missing_is_told_and_stops_nothing_else(index_folder: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("desk too-short\n")
    keys.chmod(0o600)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        wrong = Settings(index=tmp_path / "none", port=port, api_keys=keys, feedback=None)
        told = {finding.what: finding for finding in check_serving(wrong)}
    assert "还没有索引" in told[wording_serving.CHECK_INDEX].detail
    assert str(port) in told[wording_serving.CHECK_ADDRESS].detail
    assert "第 1 行" in told[wording_serving.CHECK_HOSTING].detail
    assert [finding.good for finding in told.values()] == [False, False, True, True, False]


def test_the_command_checks_and_leaves_with_a_code(index_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        busy = CliRunner().invoke(cli, ["serve", "--check", "--index", str(index_folder), "--port", str(port)])
    free = CliRunner().invoke(cli, ["serve", "--check", "--index", str(index_folder), "--port", "0"])
    assert (busy.exit_code, free.exit_code) == (9, 0)
    assert "可能已被别的程序占用" in busy.output


def test_a_log_line_is_for_people_or_one_json_object() -> None:
    try:
        raise ValueError("坏\n了")
    except ValueError:
        record = logging.LogRecord(
            "ui.web.server", logging.WARNING, "", 0, "索引 %s 坏了", ("gen-000002",), sys.exc_info()
        )
    line = JsonLines().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("warning", "ui.web.server", "索引 gen-000002 坏了")
    assert "ValueError" in told["error"]
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d 注意：索引 gen-000002 坏了", Lines().format(record).splitlines()[0]
    )


@pytest.mark.parametrize("name", ["linping.service", "Containerfile"])
def test_what_puts_it_into_service_names_settings_and_flags_that_there_are(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    named = set(re.findall(rf"\b{PREFIX}([A-Z_]+)=", text))
    assert {"INDEX", "FEEDBACK", "LOG_FORMAT"} <= named
    assert {one.lower() for one in named} <= Settings.model_fields.keys()
    serve = cli.commands["serve"]
    known = {option for parameter in serve.params for option in parameter.opts}
    assert set(re.findall(r"linping serve (--\S+)", text)) <= known


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_takes_the_unit_and_finds_little_to_expose(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "linping"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "linping.service"
    unit.write_text(
        (DEPLOY / "linping.service").read_text(encoding="utf-8").replace("/opt/linping", str(tmp_path)),
        encoding="utf-8",
    )
    taken = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=120, check=False
    )
    assert (taken.returncode, taken.stderr) == (0, "")
    exposed = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert exposed.returncode == 0, exposed.stdout[-2000:]
