"""One web page by its address, for `linping articles add https://…`: the bytes as the server sent them.

An address may come from anybody and may lead anywhere, so what it leads to is checked before anything is sent: https
on its usual port, a public address of the internet, and the same again for every redirect. The connection goes to the
very address that was checked, so that a name which answers differently the second time gains nothing.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

from corpus.errors import UnreadableFile

_KINDS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536
_AGENT = "Mozilla/5.0 (compatible; linping-qa)"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What fetching may do. `private` allows addresses that are not public, for tests alone."""

    scheme: str = "https"
    private: bool = False
    most_bytes: int = 20_000_000
    seconds: float = 30.0
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: where it was found in the end, a file name for it, and its bytes."""

    address: str
    file_name: str
    data: bytes


def is_address(text: str) -> bool:
    """Whether somebody gave an address where a file's name is expected."""
    return re.match(r"https?://", text, re.IGNORECASE) is not None


def fetch_page(address: str, bounds: Bounds | None = None) -> Fetched:
    """Return what stands at `address`. Raises UnreadableFile with the reason, before or after anything was sent."""
    bounds = bounds or Bounds()
    until = time.monotonic() + bounds.seconds
    for _ in range(bounds.redirects + 1):
        status, headers, data = _get(address, bounds, until)
        if status in _REDIRECTS and headers.get("location"):
            address = urljoin(address, _readable(headers["location"]))
            continue
        if status != 200:
            raise UnreadableFile(f"{address} 打不开（状态 {status}），请在浏览器里另存为文件后再收入。")
        kind = headers.get("content-type", "text/html").partition(";")[0].strip().lower()
        if kind not in _KINDS:
            raise UnreadableFile(f"{address} 是 {kind}，能收的是网页、纯文本、PDF 和 Word 文档。")
        return Fetched(address, _file_name(address, _KINDS[kind]), data)
    raise UnreadableFile(f"{address} 转了 {bounds.redirects} 次还没有到，没有再跟下去；请直接给最后的网址。")


def _readable(header: str) -> str:
    """Return a header whose bytes are UTF-8, which the library reads as Latin-1."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _get(address: str, bounds: Bounds, until: float) -> tuple[int, dict[str, str], bytes]:
    host, port, path = _checked(address, bounds)
    places = _public(host, port, bounds)
    left = until - time.monotonic()
    if left <= 0:
        raise UnreadableFile(f"{host} 超过 {bounds.seconds:.0f} 秒没有传完，已停止，请稍后再试或另存为文件。")
    connection = http.client.HTTPConnection(host, port, timeout=left)
    try:
        reached = _reached(places, port, left)
        connection.sock = _secured(reached, host) if bounds.scheme == "https" else reached
        connection.request(
            "GET", path, headers={"User-Agent": _AGENT, "Accept-Encoding": "identity", "Connection": "close"}
        )
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        if answer.status != 200:
            return answer.status, headers, b""
        return answer.status, headers, _body(answer, connection.sock, host, bounds, until)
    except TimeoutError as error:
        raise UnreadableFile(
            f"{host} 超过 {bounds.seconds:.0f} 秒没有传完，已停止，请稍后再试或另存为文件。"
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise UnreadableFile(f"{host} 连不上（{type(error).__name__}），请检查网址和网络。") from error
    finally:
        connection.close()


def _reached(places: list[str], port: int, seconds: float) -> socket.socket:
    """Connect to the first address of a host that answers: a machine may have no way to those of the new kind."""
    for place in places[:-1]:
        try:
            return socket.create_connection((place, port), timeout=seconds / len(places))
        except OSError:
            continue
    return socket.create_connection((places[-1], port), timeout=seconds)


def _secured(reached: socket.socket, host: str) -> socket.socket:
    try:
        return ssl.create_default_context().wrap_socket(reached, server_hostname=host)
    except OSError:
        reached.close()
        raise


def _body(
    answer: http.client.HTTPResponse, reached: socket.socket | None, host: str, bounds: Bounds, until: float
) -> bytes:
    """Return the bytes of an answer; one that trickles is ended by the clock, one that floods by its size."""
    data = bytearray()
    while True:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if reached is not None and reached.fileno() >= 0:
            reached.settimeout(left)
        piece = answer.read1(_CHUNK)
        if not piece:
            return bytes(data)
        data += piece
        if len(data) > bounds.most_bytes:
            raise UnreadableFile(f"{host} 传来的超过 {bounds.most_bytes // 1_000_000} MB，已停止。")


def _checked(address: str, bounds: Bounds) -> tuple[str, int, str]:
    """Return host, port and path of an address. Raises UnreadableFile for one that is not to be asked."""
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except (ValueError, UnicodeError) as error:
        raise UnreadableFile(f"{address} 不是网址，请检查。") from error
    if parts.scheme.lower() != bounds.scheme or not host:
        raise UnreadableFile(f"{address} 不是 {bounds.scheme} 网址，没有去取；请另存为文件后再收入。")
    if parts.username is not None or parts.password is not None:
        raise UnreadableFile("网址里不能带用户名和密码，请去掉。")
    if port is not None and bounds.scheme == "https" and port != 443:
        raise UnreadableFile(f"{address} 用了不常用的端口 {port}，没有去取；请另存为文件后再收入。")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    )
    return host, port or (443 if bounds.scheme == "https" else 80), path


def _public(host: str, port: int, bounds: Bounds) -> list[str]:
    """Return the addresses of a host. Raises UnreadableFile when any of them is not a public one."""
    try:
        found = list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    except (OSError, UnicodeError) as error:
        raise UnreadableFile(f"找不到 {host}，请检查网址和网络。") from error
    for place in found:
        known = ipaddress.ip_address(place.partition("%")[0])
        inner = getattr(known, "ipv4_mapped", None) or known
        if not bounds.private and (not inner.is_global or inner.is_multicast):
            raise UnreadableFile(f"{host} 是本机或内网的地址，没有去取。")
    return found


def _file_name(address: str, suffix: str) -> str:
    """Return a name for what stands at an address: host and the last parts of its path, nothing that a disk minds."""
    parts = urlsplit(address)
    said = f"{parts.hostname or ''}-{unquote(parts.path)}-{parts.query}"
    stem = re.sub(r"\.(?:s?html?|php|aspx?|jsp|pdf|docx|txt|md)(?=-|$)", "", said, flags=re.IGNORECASE)
    stem = re.sub(r"[^\w.]+", "-", stem).strip("-._")
    return stem[-80:].lstrip("-._") + suffix
