"""Which licence each installed package is under, as it says itself: `python -m tests.licences` lists them.

SPDX where the package gives that; else its classifiers, and only then the line of free text that older packages have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from typing import Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# May be used, changed and handed on, also for money. The LGPL and the MPL ask for their own files alone to stay open.
ALLOWED: Final = frozenset(
    [
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "CNRI-Python",
        "HPND",
        "ISC",
        "LGPL-2.1-only",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-1.1",
        "MPL-2.0",
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "Zlib",
    ]
)
_EXCEPTIONS: Final = re.compile(r" WITH [\w.-]+")  # each only grants more
_BRACKETS: Final = re.compile(r"\(([^()]*)\)")
_FREE_WORDS: Final = (
    (re.compile(r"^(the )?mit\b", re.IGNORECASE), "MIT"),
    (re.compile(r"^apache\b|apache software license", re.IGNORECASE), "Apache-2.0"),
    (re.compile(r"2-clause bsd|bsd.2.clause|simplified bsd", re.IGNORECASE), "BSD-2-Clause"),
    (re.compile(r"\bbsd\b", re.IGNORECASE), "BSD-3-Clause"),
    (re.compile(r"mozilla public license 2\.0|^mpl.2", re.IGNORECASE), "MPL-2.0"),
    (re.compile(r"^isc\b", re.IGNORECASE), "ISC"),
    (re.compile(r"python software foundation|^psf", re.IGNORECASE), "PSF-2.0"),
    (re.compile(r"library or lesser general public license|^lgpl", re.IGNORECASE), "LGPL-2.1-or-later"),
    (re.compile(r"unlicense", re.IGNORECASE), "Unlicense"),
)


def licence_of(package: Distribution) -> str:
    """Return the package's licence as an SPDX expression; as it stands where it is none; empty where nothing is said."""
    said = package.metadata.json
    classifiers = [
        str(one).split(" :: ")[-1] for one in said.get("classifier", []) if str(one).startswith("License ::")
    ]
    texts = [said.get("license_expression"), *classifiers, str(said.get("license") or "").partition("\n")[0]]
    tried = [str(text) for text in texts if text]
    for text in tried:
        try:
            return canonicalize_license_expression(text)
        except InvalidLicenseExpression:
            words = next((spdx for words, spdx in _FREE_WORDS if words.search(text)), None)
            if words is not None:
                return words
    return next(iter(tried), "")


def allowed(expression: str) -> bool:
    """Tell whether a licence leaves us free: of alternatives one, of what holds together each."""
    plain = _EXCEPTIONS.sub("", expression)
    while "(" in plain:  # the innermost first
        shorter = _BRACKETS.sub(lambda inner: "MIT" if allowed(inner[1]) else "none", plain)
        if shorter == plain:
            return False
        plain = shorter
    return any(all(part in ALLOWED for part in way.split(" AND ")) for way in plain.split(" OR "))


def needed(name: str, extras: Iterable[str] = ()) -> set[str]:
    """Return the names of the installed packages that `name` asks for, with those that they ask for."""
    found: set[str] = set()
    waiting = [(canonicalize_name(name), tuple(extras))]
    seen = set(waiting)
    while waiting:
        asked, with_extras = waiting.pop()
        try:
            wanted = distribution(asked).requires or []
        except PackageNotFoundError:  # of an extra that is not installed
            continue
        found.add(asked)
        for requirement in map(Requirement, wanted):
            marker = requirement.marker
            if marker is not None and not any(marker.evaluate({"extra": extra}) for extra in ("", *with_extras)):
                continue
            one = (canonicalize_name(requirement.name), tuple(sorted(requirement.extras)))
            if one not in seen:
                seen.add(one)
                waiting.append(one)
    return found - {canonicalize_name(name)}


def table(packages: Iterable[Distribution]) -> Iterator[str]:
    """Return a line for each package: name, version, licence, between tabs."""
    for package in sorted(packages, key=lambda one: canonicalize_name(one.name)):
        yield "\t".join((canonicalize_name(package.name), package.version, licence_of(package)))


if __name__ == "__main__":
    print("\n".join(table(distributions())))
