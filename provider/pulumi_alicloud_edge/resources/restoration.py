"""The way back: what a rollback brings about when a rollout has failed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pulumi_alicloud_edge.delivery.conduct import Ended, carry_out, remove
from pulumi_alicloud_edge.delivery.surroundings import InterruptedWaitError
from pulumi_alicloud_edge.errors import EdgeError, Restored
from pulumi_alicloud_edge.model.outcome import Outcome, RolloutStatus
from pulumi_alicloud_edge.model.policy import OnFailure, RolloutPolicy

if TYPE_CHECKING:
    from pulumi_alicloud_edge.delivery.port import Port, RemovingPort
    from pulumi_alicloud_edge.delivery.surroundings import Surroundings
    from pulumi_alicloud_edge.model.observation import Unit
    from pulumi_alicloud_edge.reconcile.decisions import Desired


@dataclass(frozen=True)
class Restoration:
    """What there is to restore.

    Attributes:
        desired: The baseline's units; empty where there was nothing before.
        policy: Where to restore them.
        port: How.
        clean: Units that had no baseline and are taken away.
        removing: How to take them away; None where the cloud cannot.
    """

    desired: Desired
    policy: RolloutPolicy
    port: Port
    clean: tuple[Unit, ...] = ()
    removing: RemovingPort | None = None


def is_due(policy: RolloutPolicy, ended: Ended) -> bool:
    """Tell whether a rollout has ended such that what was before is to be restored."""
    failed = ended.outcome.status is RolloutStatus.FAILED
    return failed and ended.outcome.started and policy.on_failure is OnFailure.ROLLBACK


def way_back(policy: RolloutPolicy, outcome: Outcome) -> RolloutPolicy:
    """Give the policy of a rollback: the stages that were reached, without bakes, and the same time again."""
    reached = policy.stages[: outcome.progress.stage + 1]
    return replace(policy, stages=tuple(replace(stage, bake=0.0) for stage in reached))


async def restore(restoration: Restoration, around: Surroundings) -> Restored:
    """Bring the baseline back and await it; what had none is cleaned."""
    restored = Restored(restoration.desired.units, restoration.clean)
    try:
        if restoration.desired.units:
            ended = await carry_out(restoration.port, restoration.desired, restoration.policy, around)
            interrupted = ended.outcome.status is RolloutStatus.INTERRUPTED
            restored = replace(restored, outcome=ended.outcome, error=ended.error, interrupted=interrupted)
            if ended.error is not None or interrupted:
                return restored
        if restoration.clean and restoration.removing is not None:
            await remove(restoration.removing, restoration.clean, around, within=restoration.policy.timeout)
    except InterruptedWaitError:
        return replace(restored, interrupted=True)
    except EdgeError as error:
        return replace(restored, error=error)
    return restored
