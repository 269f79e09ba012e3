"""`python -m ui.trials.rehearsal`: opening day on a machine that has nothing, from the wheel to a correction under load.

Builds the wheel, installs it with what `locks/serve.txt` names into an empty environment, and goes on without a network
where the system grants that: two commands, nginx before them under a path, visitors all the while, an article corrected
and one withdrawn, and the container file's own command on a read-only root. Torch is left out: nothing here needs it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import click
import httpx

from ui.trials import crowd
from ui.trials.serving import ASKED

_ROOT: Final = Path(__file__).resolve().parents[2]
_KEY: Final = "a-key-for-the-rehearsal-alone"
_POOL: Final = "石泉镇游泳馆改建竣工\n\n石泉晚报2025年3月8日讯 石泉镇游泳馆改建竣工，总投资2600万元，设泳道10条。\n"
_RINK: Final = "北坡滑冰馆改建开工\n\n石泉晚报2025年3月2日讯 北坡滑冰馆改建昨日开工，总投资1900万元，预计年底完工。\n"
_ASK_POOL, _ASK_RINK = "石泉镇游泳馆改建总投资多少？", "北坡滑冰馆改建总投资多少？"
_VISITORS: Final = 20
_SOON: Final = 5.0  # seconds, as docs/operating.md promises
_PATIENCE: Final = 300.0  # seconds, for a machine that does other things
_NGINX: Final = """
daemon off; pid {home}/nginx.pid; error_log {home}/nginx.log warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
    server {{
        listen 127.0.0.1:{port};
        {location}
    }}
}}
"""
# What stands for the image: the system's programs and libraries, the interpreter, what was installed, /data; nothing else.
_IMAGE: Final = """
set -e
root=$1; data=$2; shift 2
mount -t tmpfs none $root; mkdir -p $root/tmp $root/data $root/proc $root/dev; mount -t tmpfs -o mode=1777 none $root/tmp
for at in /usr /bin /sbin /lib /lib64 /etc "$BASE" "$VENV"; do
    if [ -L $at ]; then cp -d $at $root$at; continue; fi
    [ -d $at ] || continue
    mkdir -p $root$at; mount --bind $at $root$at; mount -o remount,bind,ro $root$at
done
mount -t proc none $root/proc; mount --bind $data $root/data
for at in null urandom; do touch $root/dev/$at; mount --bind /dev/$at $root/dev/$at; done
mount -o remount,ro $root
exec chroot --userspec=$RUN_AS $root /usr/bin/env -i PATH=$VENV/bin:/usr/bin:/bin "$@"
"""
_IN_IMAGE: Final = """
health=$1; shift
"$@" & served=$!
for n in $(seq 300); do sh -c "$health" 2>/dev/null && break; kill -0 $served || exit 3; sleep 1; done
sh -c "$health" || exit 4
for at in / /usr /etc $HOME; do if touch $at/x 2>/dev/null; then exit 5; fi; done
echo healthy; read -r _; kill -TERM $served; wait $served; left=$?
[ $left = 0 ] || [ $left = 143 ]
"""


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is done, and how long it took."""
    started_at = time.monotonic()
    try:
        yield
    except Exception:
        click.echo(f"FAILED  {what}")
        raise
    click.echo(f"{time.monotonic() - started_at:7.1f} s  {what}")


def installed(home: Path, python: str) -> None:
    """Make an environment of its own in `home`, with the wheel and what is locked."""
    with step("wheel built"):
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "--directory", str(home / "dist"), "--target", "wheel"],
            cwd=_ROOT,
            check=True,
            capture_output=True,
        )
    with step(f"installed into an empty environment of {python}, each package by its hash"):
        subprocess.run([python, "-m", "venv", str(home / "venv")], check=True)
        pip = [str(home / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps"]
        for lock, more in (("build", ()), ("serve", ("--no-build-isolation",))):
            subprocess.run(
                [*pip, "--require-hashes", "--requirement", str(_ROOT / "locks" / f"{lock}.txt"), *more], check=True
            )
        (wheel,) = (home / "dist").glob("*.whl")
        subprocess.run([*pip, str(wheel)], check=True)


class Installed:
    """What was installed in `home`, run where there is nothing else: an empty folder, no variables but these."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.venv = home / "venv"
        self.articles = home / "articles"
        self.port, self.front = _free(), _free()
        keys = home / "keys"
        keys.write_text(f"desk {_KEY}\n", encoding="utf-8")
        keys.chmod(0o600)
        for folder in ("nowhere", "user"):
            (home / folder).mkdir(exist_ok=True)
        self.plain = {
            "PATH": f"{self.venv}/bin:/usr/sbin:/usr/bin:/bin",
            "HOME": str(home / "user"),
            "LINPING_INDEX": str(home / "index"),
            "LINPING_API_KEYS": str(keys),
            "LINPING_PROXIES": "127.0.0.1",
            "LINPING_ROOT_PATH": "/qa",
            "LINPING_PER_MINUTE": "0",
            "LINPING_PER_DAY": "0",
        }

    def linping(self, *arguments: str) -> str:
        """Return what the command printed. Raises RuntimeError with its last words."""
        done = subprocess.run(
            [str(self.venv / "bin" / "linping"), *arguments],
            cwd=self.home / "nowhere",
            env=self.plain,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"linping {arguments[0]}: {done.stdout[-500:]}{done.stderr[-1500:]}")
        return done.stdout

    def index(self) -> None:
        self.linping("index", "--corpus", str(self.articles))

    @contextmanager
    def running(self, *command: str) -> Iterator[subprocess.Popen[str]]:
        """Run something as long as the block."""
        with subprocess.Popen(
            command, cwd=self.home / "nowhere", env=self.plain, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                yield process
            finally:
                process.terminate()


def rehearsed(stage: Installed) -> None:
    """Do what is done on opening day. Raises whatever goes wrong."""
    home = stage.home
    with step("first command: linping index, of the articles in the wheel"):
        inside = next((stage.venv / "lib").glob("python*/site-packages/corpus/articles"))
        shutil.copytree(inside, stage.articles, dirs_exist_ok=True)
        for name, text in (("pool", _POOL), ("rink", _RINK)):
            (stage.articles / f"{name}.txt").write_text(text, encoding="utf-8")
        stage.index()
        _must("3000亿元" in stage.linping("ask", ASKED[0]), "the wheel does not answer")
    location = _found(r"```\n(location (?s:.*?))```", (_ROOT / "docs" / "operating.md").read_text(encoding="utf-8"))
    conf = home / "nginx.conf"
    conf.write_text(
        _NGINX.format(home=home, port=stage.front, location=location.replace(":7860", f":{stage.port}")),
        encoding="utf-8",
    )
    address = f"http://127.0.0.1:{stage.front}/qa/"
    serve = [str(stage.venv / "bin" / "linping"), "serve", "--port", str(stage.port)]
    with (
        stage.running("nginx", "-p", str(home), "-c", str(conf), "-e", str(home / "nginx.log")),
        httpx.Client(base_url=address, trust_env=False, timeout=120, headers={"x-api-key": _KEY}) as client,
    ):
        with stage.running(*serve) as killed, step("second command: linping serve, behind nginx under /qa/"):
            _until(lambda: client.get("readyz").status_code == 200)
            _looked_at(client)
            killed.kill()
        with stage.running(*serve):
            with step("killed and started again: the same index at the same address"):
                _until(lambda: client.get("readyz").status_code == 200)
            with step(f"{_VISITORS} visitors through nginx, an article corrected and one withdrawn meanwhile"):
                asyncio.run(_changed(stage, client, address))


def _looked_at(client: httpx.Client) -> None:
    """See that all that the page names is there, and every door open. Raises RuntimeError."""
    page = client.get("")
    named = {link for link in re.findall(r'(?:src|href)="([^"#:]+)"', page.text) if not link.startswith("//")}
    _must(len(named) >= 3, "the page names nothing")
    for link in named:
        seen = client.get(urljoin(str(client.base_url), link))
        _must(seen.status_code == 200, f"{link}: {seen.status_code}")
        _must(str(seen.url).startswith(str(client.base_url)), f"{link} leads to {seen.url}")
    for path in (
        "healthz",
        "api/docs",
        "api/articles",
        "api/figures.csv",
        "page/figures",
        "page/years",
        "v1/models",
        "favicon.ico",
        "docs",
    ):
        _must(client.get(path, follow_redirects=True).status_code == 200, path)
        _must(client.head(path, follow_redirects=True).status_code == 200, f"HEAD {path}")
    _must(
        client.get("api/articles", headers={"x-api-key": "no", "host": "qa.example"}).status_code == 401,
        "a stranger is let in",
    )
    with client.stream("POST", "api/ask", json={"question": ASKED[0], "stream": True}) as events:
        _must("3000亿元" in events.read().decode(), "no stream")


async def _changed(stage: Installed, client: httpx.Client, address: str) -> None:
    met = asyncio.create_task(crowd.gather(address, _VISITORS, 45.0, [*ASKED, _ASK_POOL], (0.5, 4.0)))

    def told(question: str) -> str:
        return json.dumps(
            client.post("api/ask", json={"question": question}).raise_for_status().json(), ensure_ascii=False
        )

    def work() -> tuple[float, float]:
        _must("2600万" in told(_ASK_POOL), "the pool is not known")
        _must("1900万" in told(_ASK_RINK), "the rink is not known")
        pool = stage.articles / "pool.txt"
        pool.write_text(pool.read_text(encoding="utf-8").replace("2600", "3100"), encoding="utf-8")
        stage.index()
        corrected = _until(lambda: "3100万" in told(_ASK_POOL))
        (stage.articles / "rink.txt").unlink()
        stage.index()
        return corrected, _until(lambda: client.get("page/articles/rink").status_code == 410)

    corrected, withdrawn = await asyncio.to_thread(work)
    seen, read = await met
    _must(not seen.wrong, f"a visitor met a fault: {seen.wrong[:3]}")
    _must("1900万" not in told(_ASK_RINK), "what was withdrawn is still told")
    answers = sum(map(len, read.values()))
    click.echo(
        f"           {answers} answers, no fault; corrected after {corrected:.1f} s, withdrawn after {withdrawn:.1f} s (promised: {_SOON:.0f})"
    )


def contained(stage: Installed) -> None:
    """Run the container file's command as its user, with its variables, on a read-only root; ask for its health."""
    text = (_ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")

    def said(word: str) -> str:
        return _found(rf"(?m)^{word}(?:\s+--\S+)* (.+)$", text)

    variables = said("ENV").split()
    health = shlex.join(json.loads(said("HEALTHCHECK").removeprefix("CMD ")))
    command = [*json.loads(said("ENTRYPOINT")), *json.loads(said("CMD"))]
    data, root = stage.home / "data", stage.home / "root"
    for folder in (data, root):
        folder.mkdir(exist_ok=True)
    os.chown(data, *map(int, said("USER").split(":")))
    base = subprocess.run(
        [str(stage.venv / "bin" / "python"), "-c", "import sys; print(sys.base_prefix)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    around = [
        "env",
        f"BASE={base}",
        f"VENV={stage.venv}",
        f"RUN_AS={said('USER')}",
        "unshare",
        "--mount",
        "sh",
        "-c",
        _IMAGE,
        "image",
        str(root),
        str(data),
    ]
    with stage.running(*around, *variables, "sh", "-c", _IN_IMAGE, "in", health, *command) as process:
        assert process.stdout is not None and process.stdin is not None
        heard = next((line for line in process.stdout if line == "healthy\n"), "")
        _must(heard != "", "the image's command does not get healthy")
        with httpx.Client(base_url="http://127.0.0.1:7860/", trust_env=False, timeout=120) as client:
            _must("3000亿元" in client.post("api/ask", json={"question": ASKED[0]}).text, "the image does not answer")
        process.stdin.write("\n")
        process.stdin.flush()
        _must(process.wait(60) == 0, f"the image's command left with {process.returncode}")


def _found(pattern: str, text: str) -> str:
    """Return what the group of `pattern` holds. Raises RuntimeError."""
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"there is nothing like {pattern}")
    return found[1]


def _must(good: bool, what: str) -> None:
    if not good:
        raise RuntimeError(what)


def _until(good: Callable[[], bool]) -> float:
    """Return the seconds until something is so. Raises RuntimeError."""
    started_at = time.monotonic()
    while time.monotonic() - started_at < _PATIENCE:
        try:
            if good():
                return time.monotonic() - started_at
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError("it does not come to pass")


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@click.command()
@click.option("--python", default=sys.executable, help="interpreter of the environment that is installed to")
@click.option(
    "--installed", "ready", type=click.Path(exists=True, file_okay=False, path_type=Path), help="go on in such a folder"
)
def main(python: str, ready: Path | None) -> None:
    """Print each step with its seconds; exit 1 at the first that fails."""
    if shutil.which("nginx") is None:
        raise click.ClickException("nginx is needed: apt-get install nginx-light")
    if ready is not None:
        stage = Installed(ready)
        rehearsed(stage)
        if os.getuid() == 0:
            with step("the container file's command as its user, on a read-only root"):
                contained(stage)
        else:
            click.echo("skipped    the container file's command: needs root for its mounts")
        return
    with tempfile.TemporaryDirectory(prefix="linping-rehearsal-") as place:
        installed(Path(place), python)
        again = [sys.executable, "-m", "ui.trials.rehearsal", "--installed", place]
        alone = [
            "unshare",
            "--net",
            *([] if os.getuid() == 0 else ["--map-root-user"]),
            "sh",
            "-c",
            'ip link set lo up && exec "$@"',
            "sh",
        ]
        granted = (
            shutil.which("ip") and subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0
        )
        click.echo(
            "without a network from here on" if granted else "no network of its own can be had: going on with this one"
        )
        raise SystemExit(subprocess.run([*(alone if granted else []), *again], cwd=_ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
