"""What the resources of this run declare, so that none cleans what another one still needs (S2).

Three sources:

| who | knows a resource by | for how long |
| --- | --- | --- |
| this process, whose host the engine has check it | its URN | throughout |
| another process that hosts the provider, through the run's register | its URN | throughout |
| the user's program, through the run's register | its program name (`_model.identity`) | until a host has checked it |

In a run with ``--target`` the engine checks only some resources; the others are known from the program.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from typing import Any

from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.identity import program_names
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.stored_claim import read_claim, write_claim
from pulumi_alicloud_edge._run_register import RunRegister

Claims = tuple[Claim, ...]
Pushes = frozenset[tuple[str, Artifact]]
"""Application and data file, for each that somebody pushes."""


class Registry:
    """The claims of one run. Safe to use from any thread.

    Args:
        register: What this process shares with the others of the run; None for nothing.
    """

    def __init__(self, register: RunRegister | None = None) -> None:
        self._lock = threading.Lock()
        self._register = register
        self._checked: dict[str, Claims] = {}
        self._checked_names: set[str] = set()
        self._program: dict[str, Claims | None] = {}
        self._has_program = False
        self._pushes: dict[str, Pushes | None] = {}
        self._deleted: set[str] = set()
        self._deleted_names: set[str] = set()

    def declare(self, urn: str, claims: Claims, pushes: Pushes = frozenset()) -> Claims:
        """Record all that a resource declares, replacing earlier claims; return what others declare."""
        with self._lock:
            self._note_checked(urn, claims)
            self._note_pushes(urn, pushes)
            self._has_program = True
        if self._register is not None:
            entry = {"urn": urn, "claims": [write_claim(claim) for claim in claims]}
            self._register.append({**entry, "pushes": [[of, *each] for of, each in sorted(pushes)]})
        return self.others(urn)

    def may_push(self, app_id: str, artifact: Artifact) -> bool:
        """Return whether a resource of this run pushes a data file, or may, since its inputs are not known yet."""
        with self._lock:
            self._catch_up()
            return any(pushes is None or (app_id, artifact) in pushes for pushes in self._pushes.values())

    def others(self, urn: str) -> Claims:
        """Return what resources other than one declare."""
        with self._lock:
            self._catch_up()
            own = program_names(urn)
            checked = (claim for of, claims in self._checked.items() if of != urn for claim in claims)
            return (*checked, *self._program_claims(own))

    def declared(self) -> Claims:
        """Return what all resources declare that are not deleted in this run.

        A program also names what ``pulumi destroy --run-program`` deletes; the engine does not check those resources.
        """
        with self._lock:
            self._catch_up()
            checked = (claim for claims in self._checked.values() for claim in claims)
            return (*checked, *self._program_claims(self._deleted_names))

    def still_declared(self, remembered: Iterable[Claim]) -> Claims:
        """Return the remembered claims that count in addition to `declared`.

        Where no program runs, all count, except those of resources that are deleted in this run. A program takes
        precedence over them, except for resources whose inputs it does not know yet.
        """
        with self._lock:
            self._catch_up()
            gone = self._deleted | self._deleted_names
            standing = tuple(claim for claim in remembered if claim.urn not in gone)
            if not self._has_program:
                return standing
            undetermined = {name for name, claims in self._program.items() if claims is None}
            return tuple(
                claim
                for claim in standing
                if not undetermined.isdisjoint((claim.urn, *program_names(claim.urn)))
            )

    def knows_program(self) -> bool:
        """Return whether a program has declared anything in this run; in a destroy, none runs."""
        with self._lock:
            self._catch_up()
            return self._has_program

    def deleting(self, urn: str) -> None:
        """Record that a resource is deleted in this run: what others remember of it no longer counts."""
        with self._lock:
            self._note_deleted(urn)
        if self._register is not None:
            self._register.append({"deleting": urn})

    def deleted(self) -> frozenset[str]:
        """Return the resources that are deleted in this run."""
        with self._lock:
            self._catch_up()
            return frozenset(self._deleted)

    def _program_claims(self, without: Collection[str]) -> list[Claim]:
        return [
            claim for name, claims in self._program.items() if name not in without for claim in claims or ()
        ]

    def _note_checked(self, urn: str, claims: Claims) -> None:
        self._checked[urn] = claims
        for name in program_names(urn):
            self._checked_names.add(name)
            self._program.pop(name, None)

    def _note_pushes(self, urn: str, pushes: Pushes) -> None:
        self._pushes[urn] = pushes
        for name in program_names(urn):
            self._pushes.pop(name, None)

    def _note_deleted(self, urn: str) -> None:
        self._deleted.add(urn)
        self._deleted_names.update(program_names(urn))

    def _catch_up(self) -> None:
        """Read what other processes have written since the last time.

        Entries that may be of an earlier run only add to what must stay.
        """
        if self._register is None:
            return
        for entry in self._register.read():
            match entry:
                case {"urn": str(urn), "claims": list(stored)}:
                    self._note_checked(urn, _read(urn, stored))
                    self._note_pushes(urn, _read_pushes(entry.get("pushes")) or frozenset())
                case {"program": str(name), "claims": stored} if name not in self._checked_names:
                    self._program[name] = _read(name, stored) if isinstance(stored, list) else None
                case {"program": str(name), "pushes": stored} if name not in self._checked_names:
                    self._pushes[name] = _read_pushes(stored)
                case {"deleting": str(urn)} if self._register.is_certain:
                    self._note_deleted(urn)
                    continue
                case _:
                    continue
            self._has_program = self._has_program or self._register.is_certain


def _read(urn: str, stored: list[Any]) -> Claims:
    claims = (read_claim(urn, item) for item in stored)
    return tuple(claim for claim in claims if claim is not None)


def _read_pushes(stored: Any) -> Pushes | None:
    """Return what a resource pushes, as far as it can be read; None where it is not known."""
    if not isinstance(stored, list):
        return None
    found: set[tuple[str, Artifact]] = set()
    for row in stored:
        match row:
            case [str(app_id), str(name), str(version)]:
                found.add((app_id, Artifact(name, version)))
    return frozenset(found)
