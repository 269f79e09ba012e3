"""A PostgreSQL server of our own, from Debian's package, in a folder that goes with it; root starts it as somebody else."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import SecretStr

SERVER = "POSTGRES_OF_TESTS"  # the variable that names the running one, for children too
PASSWORD = "Ge heim@1:2/3"
_FAST = ("fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=40")


def _program(name: str) -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    named = shutil.which(name)
    return found[-1] if found else Path(named).resolve() if named else None


def _somebody() -> str:
    """Return whom root may start a server as."""
    known = {one.pw_name for one in pwd.getpwall()}
    return next(one for one in ("postgres", "nobody", "daemon") if one in known)


MISSING = (
    "no PostgreSQL server is installed"
    if _program("initdb") is None
    else "psycopg is not installed"
    if find_spec("psycopg") is None
    else ""
)


class Running:
    """A server on 127.0.0.1 and on a socket of its folder. `address` needs no password, `guarded` does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as held:
            self.port: int = held.getsockname()[1]
        self._as = {"user": _somebody(), "group": pwd.getpwnam(_somebody()).pw_gid} if os.geteuid() == 0 else {}
        self._process: subprocess.Popen[bytes] | None = None
        if self._as:
            shutil.chown(folder, str(self._as["user"]))
        word = folder / "word"
        word.write_text(PASSWORD, encoding="utf-8")
        if self._as:
            shutil.chown(word, str(self._as["user"]))
        self._do("initdb", "-D", str(folder / "data"), "-U", "linping", f"--pwfile={word}", "--encoding=UTF8", "--locale=C",
                 "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync")  # fmt: skip

    def _do(self, name: str, *arguments: str) -> None:
        subprocess.run(
            [str(_program(name)), *arguments],
            check=True,
            timeout=300,
            cwd=self.folder,
            capture_output=True,
            env={},
            **self._as,
        )  # type: ignore[call-overload]

    @property
    def address(self) -> str:
        return f"postgresql://linping@/postgres?host={quote(str(self.folder), '')}&port={self.port}"

    @property
    def guarded(self) -> str:
        return f"postgresql://linping:{quote(PASSWORD, '')}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = [part for one in (*_FAST, f"port={self.port}", "listen_addresses=127.0.0.1") for part in ("-c", one)]
        options += ["-k", str(self.folder)]
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(
            [str(_program("postgres")), "-D", str(self.folder / "data"), *options],
            stdout=log, stderr=log, cwd=self.folder, env={}, **self._as,
        )  # type: ignore[call-overload]  # fmt: skip
        log.close()
        import psycopg

        end = time.monotonic() + 120
        while True:
            try:
                psycopg.connect(self.address).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop at once: connections are cut, what was committed stays."""
        if self._process is not None:
            self._process.send_signal(2)
            self._process.wait(60)
            self._process = None


@contextmanager
def server() -> Iterator[Running]:
    """Give a running server. Skips where none is installed."""
    if MISSING:
        pytest.skip(MISSING)
    with tempfile.TemporaryDirectory(prefix="linping-pg-", ignore_cleanup_errors=True) as scratch:
        running = Running(Path(scratch))
        running.start()
        try:
            yield running
        finally:
            running.stop()


def apart(address: str, what: object) -> SecretStr:
    """Return the address of a schema of its own for `what`, made when it is not there."""
    import psycopg

    name = f"s{sha256(str(what).encode()).hexdigest()[:24]}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name}".encode())
    between = "&" if "?" in address else "?"
    return SecretStr(f"{address}{between}options=-csearch_path%3D{name}")
