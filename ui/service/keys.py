"""Who may use the API: this machine itself, or whoever shows a key. Keys are compared in constant time."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

from corpus.errors import SettingsError
from ui import wording
from ui.service.limits import Visitor

_SHORTEST = 20  # characters
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


class Keys:
    """The keys of an API by name; only their digests stay in memory."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._digests = {name: _digest(key) for name, key in keys.items()}

    @classmethod
    def read(cls, path: Path) -> Keys:
        """Read «name key» or «key» lines; # begins a comment. Raises SettingsError when others can read the file."""
        try:
            if path.stat().st_mode & 0o077:
                raise SettingsError(wording.keys_open(path))
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(wording.keys_unreadable(path)) from error
        found: dict[str, str] = {}
        for number, line in enumerate(lines, start=1):
            parts = line.split("#", 1)[0].split()
            if not parts:
                continue
            if len(parts) > 2 or len(parts[-1]) < _SHORTEST:
                raise SettingsError(wording.key_weak(path, number, _SHORTEST))
            found[parts[0] if len(parts) == 2 else f"key-{number}"] = parts[-1]
        return cls(found)

    def name_of(self, presented: str) -> str | None:
        """Return whose key it is; every key is compared in full, whatever the answer."""
        digest = _digest(presented)
        found = None
        for name, known in self._digests.items():
            if hmac.compare_digest(known, digest):
                found = name
        return found

    def __len__(self) -> int:
        return len(self._digests)


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "replace")).digest()


def presented_key(headers: Mapping[str, str]) -> str:
    """Return the key in `Authorization: Bearer …` or `X-API-Key: …`, empty when there is none."""
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "").strip()


def visitor_of(
    peer: str, headers: Mapping[str, str], session: str = "", proxies: Iterable[str] = (), origins: Iterable[str] = ()
) -> Visitor:
    """Return who asks. The address that a proxy names is believed only from a proxy that the settings name.

    This machine itself is `local`: a loopback address, no word of a proxy, and asked for by a loopback name. (A page
    elsewhere that points its own name at this machine is not local, nor is one of another origin, be it another port
    of this machine, that posts here from a browser; unless its origin is one of `origins`.)
    """
    trusted = frozenset(proxies)
    address = peer
    if peer in trusted:
        hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",") if hop.strip()]
        address = next((hop for hop in reversed(hops) if hop not in trusted), peer)
    origin, host = headers.get("origin", ""), headers.get("host", "")
    local = (
        is_loopback(address)
        and not (peer not in trusted and any(name in headers for name in _FORWARDED))
        and is_loopback(_host(host))
        and (not origin or origin in origins or origin.partition("://")[2].lower() == host.lower())
    )
    return Visitor(address, session, local)


def _host(netloc: str) -> str:
    if netloc.startswith("["):
        return netloc[1:].partition("]")[0]
    return netloc.rpartition(":")[0] or netloc if netloc.rpartition(":")[2].isdecimal() else netloc


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means this machine itself."""
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # ::ffff:127.0.0.1, where one socket takes both kinds
    return (mapped or address).is_loopback
