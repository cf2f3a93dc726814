"""The optional file that survives a restart: the world and every command since its beginning.

State is computed, so nothing else has to be kept: the commands are applied again at their own times.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from alicloud_edge_emulator.dialect import Dialect
from alicloud_edge_emulator.ens.commands import EnsCommand
from alicloud_edge_emulator.esa.commands import EsaCommand
from alicloud_edge_emulator.problems import NotKept, Refused
from alicloud_edge_emulator.world import World

Command = EnsCommand | EsaCommand
_COMMAND: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="kind")])
_SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS command (seq INTEGER PRIMARY KEY, at REAL NOT NULL, body TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Beginning:
    """From what the commands start."""

    world: World
    seed: int
    began: float
    """The emulated moment at which the world began."""


class Ledger:
    """A SQLite file, or nothing at all when no path is given."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        try:
            # One event loop writes; autocommit makes every command durable by itself.
            self._db = sqlite3.connect(path or ":memory:", isolation_level=None)
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise Refused(f"db: {path}: {error}") from error

    def begin(self, beginning: Beginning) -> None:
        """Forget everything and start from a new beginning."""
        with self._writing(), self._db:
            self._db.execute("BEGIN")
            self._db.execute("DELETE FROM command")
            self._set("world", beginning.world.model_dump_json())
            self._set("seed", str(beginning.seed))
            self._set("began", repr(beginning.began))
            self.keep_dialect(beginning.world.dialect)

    def append(self, at: float, command: Command) -> None:
        """Keep one command.

        Raises:
            NotKept: It could not be written, as on a full disk. So can the other changes not; all are whole
                or not there at all.
        """
        if self._path is not None:
            body = command.model_dump_json()
            with self._writing():
                self._db.execute("INSERT INTO command (at, body) VALUES (?, ?)", (at, body))

    def keep_dialect(self, dialect: Dialect) -> None:
        """Keep the dialect in force."""
        with self._writing():
            self._set("dialect", dialect.model_dump_json())

    def keep_clock(self, anchor: tuple[float, float], scale: float) -> None:
        """Keep the line on which emulated time runs: a real moment, the emulated one, and the scale."""
        with self._writing():
            self._set("clock", f"{anchor[0]!r} {anchor[1]!r} {scale!r}")

    def beginning(self) -> Beginning | None:
        """What was begun last, if anything.

        Raises:
            Refused: The file is of another release or damaged.
        """
        world = self._get("world")
        if world is None:
            return None
        try:
            return Beginning(
                World.model_validate_json(world), int(self._need("seed")), float(self._need("began"))
            )
        except ValidationError as error:
            raise Refused("db: its world is not one of this release; delete the file") from error

    def dialect(self) -> Dialect:
        """The dialect that was in force."""
        return Dialect.model_validate_json(self._need("dialect"))

    def clock(self) -> tuple[tuple[float, float], float]:
        """The line on which emulated time ran."""
        real, emulated, scale = map(float, self._need("clock").split())
        return (real, emulated), scale

    def commands(self) -> Iterator[tuple[float, Command]]:
        """Every command with its time, oldest first.

        Raises:
            Refused: The file is of another release or damaged.
        """
        for at, body in self._db.execute("SELECT at, body FROM command ORDER BY seq"):
            try:
                yield at, _COMMAND.validate_json(body)
            except ValidationError as error:
                raise Refused("db: its commands are not of this release; delete the file") from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise NotKept(f"db: {self._path}: {error}; the change has not happened") from error

    def _set(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def _get(self, name: str) -> str | None:
        row: Any = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def _need(self, name: str) -> str:
        value = self._get(name)
        if value is None:
            raise Refused(f"db: {name} is missing; delete the file")
        return value
