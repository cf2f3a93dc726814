"""Cleans what a resource has distributed and no longer declares: after an update, and when it is deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from pulumi_alicloud_edge._delivery.run_context import InterruptedWaitError
from pulumi_alicloud_edge._errors import EdgeError, NotFoundError
from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact, Observation
from pulumi_alicloud_edge._model.policy import DEFAULT_TIMEOUT, InRegions, Selector
from pulumi_alicloud_edge._model.removal import Left, LeftBecause, Permit, Wanted
from pulumi_alicloud_edge._model.selection import Belongs, in_common, is_by_region
from pulumi_alicloud_edge._reconcile.attempts import VISIBILITY
from pulumi_alicloud_edge._reconcile.decisions import CONFIRMED_AFTER
from pulumi_alicloud_edge._reconcile.gate import exactly
from pulumi_alicloud_edge._resources.handler import Neighbours, Plan
from pulumi_alicloud_edge._resources.last_rollout import LastRollout
from pulumi_alicloud_edge._resources.neighbours import remembered_claims

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pulumi_alicloud_edge._delivery.cleaning import Cleaner
    from pulumi_alicloud_edge._delivery.run_context import RunContext
    from pulumi_alicloud_edge._operations.operation import Operation
    from pulumi_alicloud_edge._reconcile.impact import Impact

I = TypeVar("I", bound="BaseModel")  # noqa: E741
_ROUNDS = 4


class _Bounds(NamedTuple):
    """What bounds a cleaning.

    Attributes:
        within: Seconds that it may take.
        settles: Seconds after which all shows that was started before it.
        unserved: Targets that are known not to be served, and so are not waited for.
    """

    within: float
    settles: float
    unserved: frozenset[str]


class _Cleaned(NamedTuple):
    """What a cleaning has left.

    Attributes:
        left: What is left, and why.
        stopped: Which instances the inventory called stopped.
        newest: The cloud's time of the newest record of each artifact.
    """

    left: tuple[Left, ...] = ()
    stopped: frozenset[str] = frozenset()
    newest: Mapping[Artifact, str] = {}

    @property
    def unreached(self) -> frozenset[str]:
        """The instances that no clean has reached."""
        return frozenset().union(*(e.targets for e in self.left if e.reason is LeftBecause.NOT_REACHED))


class Cleanup(Generic[I]):
    """Cleans for one operation.

    Args:
        operation: The operation.
    """

    def __init__(self, operation: Operation[I]) -> None:
        self._operation = operation
        self._handler = operation.handler
        self._runtime = operation.runtime
        self._urn = operation.urn

    def after_update(self, inputs: I, olds: Mapping[str, Any], outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Clean what an update has left behind; return what of the outputs that changes (S8).

        Raises:
            EdgeError: It is not gone in time, or the cloud does not clean.
        """
        mine = self._handler.claims(self._urn, inputs)
        if line := self._handler.retained(self._urn, inputs, olds):
            self._operation.note(line)
            return self._handler.after_cleaning(outputs, self._still_put(mine, outputs, _Cleaned()))
        behind = self._handler.left_behind(self._urn, inputs, olds)
        if not behind:
            return {}

        def declared() -> tuple[Claim, ...]:
            return (*self._operation.others(olds), *mine)

        plan = self._handler.plan(inputs)
        cleaned = self._run(
            plan.app_id,
            _wanted(behind),
            declared,
            self._bounds(plan, olds, unserved=LastRollout(outputs).unserved),
        )
        cleaned = cleaned._replace(left=_not_kept_by(self._urn, mine, cleaned.left))
        self._operation.announce(Permit(left=self._news(olds, cleaned.left)))
        put = self._still_put(mine, outputs, cleaned)
        return self._handler.after_cleaning(outputs, put, cleaned.unreached, cleaned.stopped)

    def delete(self, outputs: Mapping[str, Any]) -> None:
        """Clean what a resource has put, where nobody else needs it.

        What the program declares in this run counts; where no program runs, what was declared beside this resource
        at its last rollout does, unless that is deleted in this run as well (S2).

        Raises:
            EdgeError: It is not gone in time, or the cloud does not clean.
        """
        registry = self._runtime.registry
        registry.deleting(self._urn)
        put = self._handler.removable(self._urn, outputs)
        remembered = remembered_claims(outputs)

        def declared() -> tuple[Claim, ...]:
            return (*registry.declared(), *registry.still_declared(remembered))

        stored = self._handler.stored(outputs)
        plan = self._handler.plan(stored) if stored is not None else None
        bounds = self._bounds(plan, outputs, unserved=LastRollout(outputs).unserved)
        cleaned = self._run(str(outputs.get("app_id", "")), _wanted(put), declared, bounds)
        now = {claim.urn for claim in registry.declared()}
        told = (_as_remembered(each) if each.urn and each.urn not in now else each for each in cleaned.left)
        self._operation.announce(Permit(left=tuple(told)))

    def leaves_behind(self, inputs: I, before: Mapping[str, Any]) -> bool:
        """Return whether an update to these inputs would clean or retain anything; ``before`` as in `impact`."""
        behind = self._handler.left_behind(self._urn, inputs, before)
        return bool(behind or self._handler.retained(self._urn, inputs, before))

    def impact(self, inputs: I, before: Mapping[str, Any], *, within: float) -> Permit | None:
        """Return what an update to these inputs would clean, and what it would leave; reads, and changes nothing.

        Args:
            inputs: What is declared now.
            before: The outputs that are stored or, where they are not at hand, the inputs.
            within: Seconds that the look may take.

        Returns:
            None where the gate could not be asked in that time.
        """
        wanted = _wanted(self._handler.left_behind(self._urn, inputs, before))
        mine = self._handler.claims(self._urn, inputs)
        declared = (*self._operation.others(before), *mine)
        permit = self._ask(str(before.get("app_id", "")), wanted, declared, within)
        if permit is None:
            return None
        return Permit(permit.cleanings, _not_kept_by(self._urn, mine, permit.left))

    def displaced_by(
        self, inputs: I, impact: Impact, observation: Observation, before: Mapping[str, Any], *, within: float
    ) -> Permit | None:
        """Return what an update may clean so that what it goes back to runs, and what it would leave; only reads.

        Args:
            inputs: What is declared now.
            impact: What the update would touch.
            observation: What the cloud shows.
            before: What is stored, empty for a create.
            within: Seconds that the look may take.

        Returns:
            None where the gate could not be asked in that time.
        """
        above: dict[Artifact, frozenset[str]] = {}
        for each in impact.artifacts:
            for other, targets in each.above:
                above[other] = above.get(other, frozenset()) | targets
        plan = self._handler.plan(inputs)
        selection = plan.policy.selection
        if None not in observation.stage_targets and not all(map(is_by_region, selection)):
            selection = exactly(frozenset().union(*(each for each in observation.stage_targets if each)))
        wanted = tuple(Wanted(artifact, selection) for artifact in above)
        permit = self._ask(plan.app_id, wanted, self._operation.others(before), within)
        if permit is None:
            return None
        return Permit(
            tuple(each for each in permit.cleanings if each.targets & above[each.artifact]),
            tuple(each for each in permit.left if each.targets & above[each.artifact]),
        )

    def _ask(
        self, app_id: str, wanted: tuple[Wanted, ...], declared: tuple[Claim, ...], within: float
    ) -> Permit | None:
        """Ask the gate for a preview; None where it cannot be asked in time."""
        if not wanted:
            return Permit()
        neighbours = Neighbours(lambda: declared, lambda _: None)

        async def ask() -> Permit:
            cleaner = self._handler.cleaner(self._runtime, app_id, neighbours)
            return Permit() if cleaner is None else await cleaner.permit(wanted, surely=False)

        try:
            return self._runtime.run(asyncio.wait_for(ask(), within))
        except (TimeoutError, EdgeError):
            return None

    def _bounds(self, plan: Plan | None, before: Mapping[str, Any], *, unserved: frozenset[str]) -> _Bounds:
        """Return what bounds a cleaning; ``plan`` is None where the stored inputs cannot be read."""
        timeout = plan.policy.timeout if plan is not None else DEFAULT_TIMEOUT
        settles = VISIBILITY if LastRollout(before).has_unshown else 0.0
        return _Bounds(self._operation.context.timeout or timeout, settles, unserved)

    def _run(
        self,
        app_id: str,
        wanted: tuple[Wanted, ...],
        declared: Callable[[], tuple[Claim, ...]],
        bounds: _Bounds,
    ) -> _Cleaned:
        if not wanted:
            return _Cleaned()
        try:
            return self._runtime.run(self._clean(app_id, wanted, declared, bounds))
        except InterruptedWaitError:
            raise EdgeError("Interrupted while cleaning; run the command again to continue.") from None

    def _news(self, olds: Mapping[str, Any], left: Iterable[Left]) -> tuple[Left, ...]:
        """Leave out what was left for another resource before, and was said then.

        It is remembered all the same: that resource may never come, or go.
        """
        before = self._handler.stored(olds)
        behind = self._handler.left_behind(self._urn, before, olds) if before is not None else ()
        said = {claim.artifact for claim in behind}
        return tuple(e for e in left if e.reason is not LeftBecause.DECLARED or e.artifact not in said)

    async def _clean(
        self,
        app_id: str,
        wanted: tuple[Wanted, ...],
        declared: Callable[[], tuple[Claim, ...]],
        bounds: _Bounds,
    ) -> _Cleaned:
        """Clean until two looks agree that there is nothing left to clean (S5); return what is left.

        What was started just before may not show yet: the last look is no earlier than it would.
        """
        from pulumi_alicloud_edge._delivery.runner import remove

        neighbours = Neighbours(declared, self._operation.announce)
        cleaner = self._handler.cleaner(self._runtime, app_id, neighbours)
        if cleaner is None:
            return _Cleaned()
        around = self._operation.run_context()
        until, shown_at = around.now() + bounds.within, around.now() + bounds.settles
        done: dict[tuple[Artifact, str], frozenset[str]] = {}
        left: dict[tuple[Artifact, str], tuple[Left, ...]] = {}
        unreached: tuple[Left, ...] = ()
        for round_ in range(_ROUNDS):
            permit = await self._permit(cleaner, wanted, around)
            if permit is None:
                return _Cleaned()
            left |= _by_place(permit.left)
            due = tuple(
                c for c in permit.cleanings if c.targets - done.get((c.artifact, c.region), frozenset())
            )
            if due:
                done.update({(c.artifact, c.region): c.targets for c in due})
                left = {place: those for place, those in left.items() if place not in done}
                self._operation.announce(Permit(due))
                seconds = max(until - around.now(), 0.0)
                unreached += await remove(
                    cleaner, due, around, within=seconds, subject=app_id, unserved=bounds.unserved
                )
            elif round_ and around.now() >= shown_at:
                break
            else:
                seconds = max(CONFIRMED_AFTER, shown_at - around.now())
                await around.pause(seconds, around.now() + seconds)
        everything = tuple(each for those in left.values() for each in those) + unreached
        return _Cleaned(everything, cleaner.stopped, dict(cleaner.newest))

    async def _permit(
        self, cleaner: Cleaner, wanted: tuple[Wanted, ...], around: RunContext
    ) -> Permit | None:
        """Ask what may be cleaned; None where two answers say that the application does not exist (S5)."""
        try:
            return await around.unless_interrupted(cleaner.permit(wanted))
        except NotFoundError:
            await around.pause(CONFIRMED_AFTER, around.now() + CONFIRMED_AFTER)
        try:
            return await around.unless_interrupted(cleaner.permit(wanted))
        except NotFoundError:
            return None

    def _still_put(
        self, mine: tuple[Claim, ...], outputs: Mapping[str, Any], cleaned: _Cleaned
    ) -> tuple[Claim, ...]:
        """Return what is put where once the rest was cleaned: what is declared, and what could not be cleaned.

        Of a former version that is what was put and is selected still, never what has been selected only since; of
        what could not be cleaned the regions where it is left, and nothing that comes there later (S1). What is
        retained, by this resource or by one that declares it, is given up.
        """
        selectors = {claim.artifact.name: claim.selectors for claim in mine}
        remaining: list[Claim] = []
        for claim in self._handler.put(self._urn, outputs):
            now = in_common(claim.selectors, selectors.get(claim.artifact.name, ()))
            if now:
                remaining.append(replace(claim, selectors=now))
            left = [each for each in cleaned.left if each.artifact == claim.artifact and not each.is_retained]
            unreached = [each for each in left if each.reason is LeftBecause.NOT_REACHED]
            if unreached and (still := _left_of(claim, unreached)):
                remaining.append(replace(claim, selectors=still))
            taken = [each for each in left if each.reason is not LeftBecause.NOT_REACHED]
            if taken and (still := _left_of(claim, taken)):
                until = claim.until or cleaned.newest.get(claim.artifact, "")
                remaining.append(replace(claim, selectors=still, until=until))
        return (*remaining, *mine)


def _left_of(claim: Claim, left: Iterable[Left]) -> tuple[Selector, ...]:
    """Return the part of a claim's selection in which something is left."""
    regions = {each.region for each in left}
    if "" in regions:
        return claim.selectors
    return in_common(claim.selectors, (InRegions(tuple(sorted(regions))),))


def _as_remembered(left: Left) -> Left:
    """Return what stays for a resource that only the state tells of."""
    return replace(left, reason=LeftBecause.REMEMBERED) if left.reason is LeftBecause.DECLARED else left


def _wanted(claims: Iterable[Claim]) -> tuple[Wanted, ...]:
    """Return each artifact with all selections that it was put into, those apart that were given up."""
    selectors: dict[tuple[Artifact, str], tuple[Selector, ...]] = {}
    for claim in claims:
        put = (claim.artifact, claim.until)
        selectors[put] = tuple(dict.fromkeys((*selectors.get(put, ()), *claim.selectors)))
    return tuple(Wanted(artifact, selection, until) for (artifact, until), selection in selectors.items())


def _by_place(left: Iterable[Left]) -> dict[tuple[Artifact, str], tuple[Left, ...]]:
    places: dict[tuple[Artifact, str], tuple[Left, ...]] = {}
    for each in left:
        places[each.artifact, each.region] = (*places.get((each.artifact, each.region), ()), each)
    return places


def _not_kept_by(urn: str, mine: tuple[Claim, ...], left: Iterable[Left]) -> tuple[Left, ...]:
    """Leave out what stays because the resource itself still selects it, which is no news."""
    told = []
    for each in left:
        if each.urn != urn:
            told.append(each)
            continue
        own = [claim for claim in mine if claim.artifact.name == each.artifact.name]
        outside = frozenset(
            t for t in each.targets if all(claim.covers(t, each.region) is Belongs.NO for claim in own)
        )
        if outside:
            told.append(Left(each.artifact, LeftBecause.SHARED, outside, each.region))
    return tuple(told)
