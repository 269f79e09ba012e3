"""Which cases belong together, and which of them are kept for tests.

Questions that share a base, a wording, or a gold value in the same words of an article would tell on each other: they form
one cluster, and a cluster lies wholly in `dev` or wholly in `test`. The draw hashes the cluster's name with a seed, so it
moves only when a new case joins two clusters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from corpus.chinese.text import fold
from evals.cases import EvalCase

SEED = 20261122
TEST_SHARE = 0.3


def clustered(cases: Sequence[EvalCase]) -> tuple[EvalCase, ...]:
    """Return the cases with their `cluster`: the id of its first member in the order of the ids."""
    parent = {case.id: case.id for case in cases}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    bound: dict[tuple[str, ...], str] = {}
    for case in cases:
        for key in _ties(case):
            other = bound.setdefault(key, case.id)
            first, second = sorted((root(case.id), root(other)))
            parent[second] = first
    members: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        members[root(case.id)].append(case.id)
    name = {one: min(ids) for ids in members.values() for one in ids}
    return tuple(replace(case, cluster=name[case.id]) for case in cases)


def _ties(case: EvalCase) -> list[tuple[str, ...]]:
    asked = "".join(character for character in fold(case.question) if character.isalnum())
    ties = [("base", case.base_id), ("asked", asked, str(case.as_of), str(case.history))]
    if len(case.must) == 1:
        ties += [("fact", found.article_id, case.must[0].aliases[0], str(found.start // 40)) for found in case.evidence]
    return ties


def split_of(cluster: str) -> str:
    """Return `test` for three clusters in ten, else `dev`."""
    drawn = int.from_bytes(sha256(f"{SEED}:{cluster}".encode()).digest()[:8], "big") / 2**64
    return "test" if drawn < TEST_SHARE else "dev"
