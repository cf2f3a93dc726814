"""What the resources of this run declare, so that none takes away what another one still needs (S2)."""

from __future__ import annotations

import threading

from pulumi_alicloud_edge.model.claim import Claim


class Registry:
    """The claims of one run, filled whenever a resource is checked. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_urn: dict[str, tuple[Claim, ...]] = {}
        self._deleted: set[str] = set()

    def declare(self, urn: str, claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        """Note all that a resource declares, in place of what it was known to; return what others declare."""
        with self._lock:
            self._by_urn[urn] = claims
        return self.others(urn)

    def others(self, urn: str) -> tuple[Claim, ...]:
        """Return what resources other than one declare."""
        with self._lock:
            return tuple(claim for of, claims in self._by_urn.items() if of != urn for claim in claims)

    def declared(self) -> tuple[Claim, ...]:
        """Return what all resources declare."""
        with self._lock:
            return tuple(claim for claims in self._by_urn.values() for claim in claims)

    def knows_program(self) -> bool:
        """Return whether a program has declared anything in this run; in a destroy, none runs."""
        with self._lock:
            return bool(self._by_urn)

    def deleting(self, urn: str) -> None:
        """Note that a resource is deleted in this run: what others remember of it counts no more."""
        with self._lock:
            self._deleted.add(urn)

    def deleted(self) -> frozenset[str]:
        """Return the resources that are deleted in this run."""
        with self._lock:
            return frozenset(self._deleted)
