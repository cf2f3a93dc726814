"""One trouble: how it is made, and what is to come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.faults.hosts import Setting
from tests.faults.intended import Explained, Intents
from tests.faults.phases import Phase
from tests.faults.strikes import Strike

ENS, ESA = frozenset({"ens"}), frozenset({"esa"})
EVERY = ("push", "dist", "release")
"""The kinds, by their words."""
OUT_OF_REACH = frozenset({Phase.DIFF})
"""Further looks are spared a cloud that one could not reach."""
SLOWED = frozenset(Phase)
"""All calls go slower."""


@dataclass(frozen=True)
class Fault:
    """One trouble.

    Attributes:
        name: The matrix's row.
        strikes: The emulator's rules that make it.
        intents: What is to come of it.
        words: What a message about it must hold; ``{action}`` and ``{product}`` stand for the call that met it.
        products: The products whose calls can meet it.
        setting: The hosts that can meet it.
        remembered: The phases after which a host still minds it, so that the next run has a new one, as it would.
        usual: The kinds for which each `make test` runs it. Others are much alike; `make matrix` runs all.
        explained: By column, what comes instead of what is intended, and why.
    """

    name: str
    strikes: Strike
    intents: Intents
    words: tuple[str, ...] = ()
    products: frozenset[str] = ENS | ESA
    setting: Setting = Setting.USUAL
    remembered: frozenset[Phase] = frozenset()
    usual: tuple[str, ...] = EVERY
    explained: Mapping[str, Explained] = field(default_factory=dict)
