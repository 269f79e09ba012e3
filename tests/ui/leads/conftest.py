"""What is kept of leads is kept alike in a file and on a server: tests that ask for `database` run on both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ui.leads.postgres import SERVER, Running, server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Running]:
    with server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have `store_at` keep things in a file, then on a server; the name of the kind."""
    if request.param == "postgres":
        monkeypatch.setenv(SERVER, request.getfixturevalue("postgres").address)
    return str(request.param)
