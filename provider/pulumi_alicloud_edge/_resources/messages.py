"""All text that users read about rollouts: errors, progress, and what stays. Messages are made only here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from pulumi_alicloud_edge._errors import (
    AuthenticationError,
    ClockSkewError,
    CloudError,
    EdgeError,
    InputError,
    MalformedResponseError,
    NotFoundError,
    PartialStateError,
    PermissionDeniedError,
    RejectedError,
    RemovalError,
    ResponseLostError,
    RollbackResult,
    RolloutError,
    SettingsError,
    ThrottledError,
    TransportError,
    UnavailableError,
    UnreachableError,
    UnsupportedOperationError,
)
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.outcome import FailedTarget, FailureCause, Outcome, Progress, RolloutStatus
from pulumi_alicloud_edge._model.policy import InRegions, Selector, Share, Stage
from pulumi_alicloud_edge._model.release import Part, Serving, show_part
from pulumi_alicloud_edge._model.removal import Cleaning, Left, LeftBecause
from pulumi_alicloud_edge._reconcile.drift import Drift
from pulumi_alicloud_edge._reconcile.impact import ArtifactImpact, Impact
from pulumi_alicloud_edge._resources.durations import show_duration

TARGETS_NAMED = 5
QUIET_AFTER = 30.0
"""Seconds without a change after which a line says who is waited for."""
FIX_THE_CAUSE = "Fix the cause, then run `pulumi up` again"


@dataclass(frozen=True)
class TargetLabel:
    """What the targets of a resource are called."""

    one: str
    many: str

    def count(self, number: int) -> str:
        """Write a number of them."""
        return f"{number} {self.one if number == 1 else self.many}"


@dataclass(frozen=True)
class ReleaseImpact(Impact):
    """What a release would touch, and what the environment serves now; None where that is not known."""

    serves: Serving | None = None


@dataclass(frozen=True)
class ReleaseDrift(Drift):
    """A release that is not as declared.

    Attributes:
        env: The environment.
        found: What it serves.
        goes_to: The part that its version is on its way to; None where it does not move.
        declared: What it is to serve.
    """

    env: str
    found: Serving
    goes_to: Part | None
    declared: Serving

    def __bool__(self) -> bool:
        """Return whether there is anything to repair."""
        return super().__bool__()


CLEANING_UNKNOWN = "which data it cleans is unknown: the cloud did not answer in time"
"""Part of an impact whose question to the gate was not answered."""


def progress_line(progress: Progress, label: TargetLabel) -> str:
    """Write the line beside a resource while it rolls out: ``4/6 regions, 1 failed, 12 s``."""
    total = "?" if progress.total is None else progress.total
    # The share of an environment says more than a count of its stages.
    has_share = " % of " in progress.detail or (progress.total == 1 and progress.detail)
    parts = [] if has_share else [f"{progress.done}/{total} {label.many}"]
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if progress.detail:
        parts.append(progress.detail)
    if progress.again:
        parts.append(f"{progress.again} started again")
    if not has_share and progress.stragglers and progress.quiet >= QUIET_AFTER:
        parts.append(_waiting_for(progress))
    if progress.baking is not None:
        parts.append(f"baking, {show_duration(progress.baking)} left")
    parts.append(show_duration(progress.elapsed))
    stage = ""
    if progress.stages > 1:
        stage = f"stage {progress.stage + 1} of {progress.stages}"
        stage += f" ({progress.stage_name}): " if progress.stage_name else ": "
    return stage + ", ".join(parts)


def _waiting_for(progress: Progress) -> str:
    """Name who is waited for: ``waiting for i-1 (cn-x), i-2 (cn-y) and 3 more for 4 min``."""
    named = [each.target + (f" ({each.region})" if each.region else "") for each in progress.stragglers]
    more = progress.unfinished - len(named)
    return f"waiting for {', '.join(named)}{f' and {more} more' if more else ''} for {show_duration(progress.quiet)}"


def removal_line(left: int, label: TargetLabel) -> str:
    """Write the line beside a resource while its data is cleaned."""
    return f"cleaning: {label.count(left)} left"


def drift_line(drift: Drift, label: TargetLabel) -> str:
    """Describe what drifted: ``drift: assets@1.5 is missing on 2 of 40 instances (1.4 runs there)``."""
    if isinstance(drift, ReleaseDrift):
        return f"drift: {_release_drift(drift)}"
    parts = []
    for artifact in drift.artifacts:
        if artifact.is_nowhere:
            parts.append(f"{artifact.artifact} is missing everywhere")
        elif artifact.missing:
            run = "runs" if len(artifact.others) == 1 else "run"
            others = f" ({', '.join(sorted(artifact.others))} {run} there)" if artifact.others else ""
            parts.append(
                f"{artifact.artifact} is missing on {len(artifact.missing)} of {label.count(artifact.total)}{others}"
            )
        if artifact.under_way:
            parts.append(
                f"{artifact.artifact} is on its way to {len(artifact.under_way)} of {label.count(artifact.total)}"
            )
        if artifact.failed:
            parts.append(
                f"{artifact.artifact} has failed on {len(artifact.failed)} of {label.count(artifact.total)}"
            )
    return "drift: " + ", ".join(parts)


def impact_line(impact: Impact, label: TargetLabel) -> str:
    """Describe what a rollout would touch: ``assets 1.4 → 1.5: 300 of 340 instances, 40 have it, in 3 stages (…)``."""
    if not impact:
        return ""
    touched = "; ".join(
        _artifact_impact(artifact, impact, label) for artifact in impact.artifacts
    ) + _stages_clause(impact)
    return "; ".join([touched, *_displacements(impact, label)])


def release_impact_line(impact: Impact, version: str, env: str, stages: tuple[Stage, ...]) -> str:
    """Return from which version or share to which.

    ``ver-1 → ver-2: 10 %, then 100 % of prod``, or ``ver-2: 50 % → 10 % of prod``.
    """
    if not impact:
        return ""
    others = ", ".join(other for artifact in impact.artifacts for other in artifact.others)
    serves = impact.serves if isinstance(impact, ReleaseImpact) else None
    have = serves.part if serves is not None and serves.version == version else None
    ahead = [stage.selector for stage in stages[:-1] if not _covers(have, stage.selector)] + [
        stages[-1].selector
    ]
    steps = ", then ".join(_step(selector) for selector in ahead)
    before = f"{others} → " if others else ""
    return f"{before}{version}: {show_part(have) + ' → ' if have else ''}{steps} of {env}"


def _release_drift(drift: ReleaseDrift) -> str:
    """Describe what an environment serves in place of what is declared."""
    found, declared, env = drift.found, drift.declared, drift.env
    part = show_part(declared.part) if declared.part is not None else ""
    is_declared = f"{declared.version} on {part}" if part else declared.version
    if not found.version:
        return f"no version serves {env}; declared: {is_declared}"
    if found.part is None:
        head = f"{found.version} serves {env}"
    else:
        head = f"{found.version} serves {show_part(found.part)} of {env}"
    if drift.goes_to is not None:
        head += f" and is on its way to {show_part(drift.goes_to)}"
    same = found.version == declared.version and bool(part)
    return f"{head}; declared: {part if same else is_declared}"


def _covers(have: Part | None, selector: Selector) -> bool:
    """Return whether a part reaches as far as a stage."""
    match have, selector:
        case Share(percentage), Share(needed):
            return percentage >= needed
        case InRegions(regions), InRegions(needed):
            return set(needed).issubset(regions)
        case _:
            return False


def _step(selector: Selector) -> str:
    match selector:
        case Share() | InRegions():
            return show_part(selector)
        case _:
            return "all"


def _artifact_impact(artifact: ArtifactImpact, impact: Impact, label: TargetLabel) -> str:
    others = f"{', '.join(artifact.others)} → " if artifact.others else ""
    head = f"{artifact.artifact.name} {others}{artifact.artifact.version}: "
    if impact.total is None:
        seen = f", at least {artifact.changed}" if artifact.changed else ""
        return f"{head}number of {label.many} unknown{seen}"
    if not artifact.having:
        return head + label.count(artifact.changed)
    verb = "has" if artifact.having == 1 else "have"
    return f"{head}{artifact.changed} of {label.count(impact.total)}, {artifact.having} {verb} it"


def _displacements(impact: Impact, label: TargetLabel) -> list[str]:
    """Describe the newer versions that may have to be cleaned before an older one can run."""
    return [
        f"cleans {above} from {label.count(len(targets))} first "
        f"if the cloud does not replace it with {artifact.artifact}"
        for artifact in impact.artifacts
        for above, targets in artifact.above
    ]


def _stages_clause(impact: Impact) -> str:
    if len(impact.stages) == 1:
        return ""
    sizes = ["?" if size is None else str(size) for size in impact.stages[:-1]]
    return f" in {len(impact.stages)} stages ({', '.join([*sizes, 'all'])})"


def accepted_failures_line(count: int, failed: Iterable[FailedTarget], label: TargetLabel) -> str:
    """Return the line that some targets failed, which, and that this was allowed."""
    named = list(dict.fromkeys(each.target for each in failed if each.target))[:TARGETS_NAMED]
    more = f" and {count - len(named)} more" if count > len(named) else ""
    which = f": {', '.join(named)}{more}" if named else ""
    return f"{label.count(count)} failed, within max_failed{which}"


def stays_line(artifacts: Iterable[Artifact], where: str) -> str:
    """Describe what a destroyed resource leaves in the cloud: ``levels@2 and assets@1 stay on the file servers``."""
    artifacts = tuple(artifacts)
    return f"{_joined(artifacts)} {'stays' if len(artifacts) == 1 else 'stay'} {where}"


def unreadable_line(names: Iterable[str]) -> str:
    """Name the data files for which the state no longer records what is to be cleaned."""
    names = tuple(names)
    was, it = ("was", "it") if len(names) == 1 else ("were", "them")
    return f"the state no longer records where {', '.join(names)} {was} put: nothing of {it} is cleaned"


def two_owners_line(artifact: Artifact, version: str) -> str:
    """Return the warning that a version has come back after a repair."""
    return (
        f"{artifact.name} {version} has come back where {artifact.version} is declared, after an earlier repair: "
        f"another stack or person rolls it out. Agree on one version, or give each its own targets."
    )


def scheduled_line(version: str, env: str, at: str) -> str:
    """Return the warning that a release which an earlier run has scheduled is still to come."""
    return (
        f"{version} is still ordered for {at}, and the cloud has no operation to call that off: {env} may change then. "
        f"Run `pulumi up` again after it."
    )


def rollback_target_lost(artifact: Artifact) -> str:
    """Return the reason that there is nothing to roll back to."""
    return (
        f"a rollback would restore {artifact}, which the cloud no longer has: set on_failure to stop, or bring that "
        f"version back first"
    )


def cleans_lines(cleanings: Iterable[Cleaning], label: TargetLabel) -> list[str]:
    """Return a line for each artifact that is cleaned: ``cleans levels@1 from 18 instances in 3 regions (…)``."""
    by_artifact: dict[Artifact, list[Cleaning]] = {}
    for cleaning in cleanings:
        by_artifact.setdefault(cleaning.artifact, []).append(cleaning)
    return [
        f"cleans {artifact} from {label.count(len(frozenset().union(*(c.targets for c in those))))} "
        f"in {_named([c.region for c in those], 'region', 'regions')}"
        for artifact, those in sorted(by_artifact.items())
    ]


def left_lines(left: Iterable[Left], label: TargetLabel) -> list[str]:
    """Describe what stays, where and why, one line for each artifact and reason."""
    grouped: dict[tuple[Artifact, LeftBecause, str], list[Left]] = {}
    for each in left:
        grouped.setdefault((each.artifact, each.reason, each.urn), []).append(each)
    return [_left_line(those, label) for _, those in sorted(grouped.items(), key=lambda item: str(item[0]))]


def _left_line(those: list[Left], label: TargetLabel) -> str:
    first = those[0]
    targets = sorted(frozenset().union(*(each.targets for each in those)))
    regions = sorted({each.region for each in those if each.region})
    where = f"on {label.count(len(targets))} ({_first_names(targets)})"
    where += f" in {_named(regions, 'region', 'regions')}" if regions else ""
    match first.reason:
        case LeftBecause.DECLARED:
            why = f"{first.urn.rpartition('::')[2]} declares {first.artifact.name} there"
        case LeftBecause.REMEMBERED:
            name = first.urn.rpartition("::")[2]
            why = f"{name} declared {first.artifact.name} there when this resource was last rolled out"
        case LeftBecause.SHARED:
            why = f"data is cleaned by whole regions, and other {label.many} there have it too"
        case LeftBecause.REGION_UNKNOWN:
            why = "the cloud does not say in which region they are, and data is cleaned by regions"
        case LeftBecause.NOT_REACHED:
            why = "cleaning does not reach them: the cloud lists them but does not serve them"
        case LeftBecause.BEFORE_UNKNOWN:
            return f"{first.artifact} is left {where}: it is not known what ran there before this rollout"
        case LeftBecause.CHANGED_SINCE:
            since = "somebody else has changed it since this rollout began"
            return f"{first.artifact.name} is left as it is {where}: {since}"
        case _:
            assert_never(first.reason)
    return f"{first.artifact} stays {where}: {why}"


def unserved_line(targets: Iterable[str], label: TargetLabel) -> str:
    """Describe which targets are listed and not served: ``1 instance is listed and not served: i-3``."""
    targets = sorted(targets)
    verb = "is" if len(targets) == 1 else "are"
    return f"{label.count(len(targets))} {verb} listed and not served: {_first_names(targets)}"


def _joined(artifacts: Iterable[Artifact]) -> str:
    """Join artifacts: ``levels@2, maps@1 and assets@1``."""
    *others, last = map(str, artifacts)
    return f"{', '.join(others)} and {last}" if others else last


def _first_names(names: list[str]) -> str:
    """Name the first few."""
    more = len(names) - TARGETS_NAMED
    return ", ".join(names[:TARGETS_NAMED]) + (f" and {more} more" if more > 0 else "")


def _named(names: list[str], one: str, many: str) -> str:
    names = sorted(set(names))
    return f"{len(names)} {one if len(names) == 1 else many} ({_first_names(names)})"


def new_neighbours_line(urns: Iterable[str]) -> str:
    """Describe which resources an update remembers; it starts nothing for them."""
    names = dict.fromkeys(urn.rpartition("::")[2] for urn in urns)
    declare = "declare" if len(names) > 1 else "declares"
    return f"notes that {', '.join(names)} {declare} the same data here; starts nothing"


def explain(error: EdgeError, label: TargetLabel | None = None) -> str:
    """Make the message of an error: what failed, where, the cloud's own message, and what to do next."""
    match error:
        case InputError():
            lines = (f"{f.path}: {f.reason}" if f.path else f.reason for f in error.field_errors)
            return "\n".join(map(_printable, lines))
        case SettingsError():
            return f"{error.setting}: {error.reason}. {error.remedy}"
        case PartialStateError():
            return explain(error.cause, label)
        case RolloutError():
            return _rollout(error, label or TargetLabel("target", "targets"))
        case RemovalError():
            return _removal(error, label or TargetLabel("target", "targets"))
        case CloudError():
            return _cloud(error)
        case TransportError():
            return _transport(error)
        case _:
            return str(error)


def _printable(line: str) -> str:
    """Return a line with unprintable characters as escapes; it may quote any input."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def _cloud(error: CloudError) -> str:
    request = f" (RequestId {error.request_id})" if error.request_id else ""
    failure = f"{_call_name(error)} failed with {error.code or error.status}: {error.message}{request}"
    return f"{failure}\n{_remedy(error)}"


def _call_name(error: CloudError | TransportError) -> str:
    """Name a call and the application that it was about."""
    return f"{error.action} for {error.subject}" if error.subject else error.action


def _remedy(error: CloudError) -> str:
    match error:
        case PermissionDeniedError():
            return f"Allow {error.ram_action or 'the action'} to this identity in RAM (resource *), then run again."
        case AuthenticationError():
            what = (
                "The temporary key has expired: get a new one"
                if error.has_expired
                else "Check the access key"
            )
            return (
                f"{what} (alicloud-edge:accessKeyId, accessKeySecret and securityToken, or the credentials in the "
                f"environment), then run again."
            )
        case ClockSkewError(server_time=time):
            there = f" The cloud's clock says {time:%Y-%m-%d %H:%M:%S} UTC." if time else ""
            return f"This machine's clock is off: set it, then run again.{there}"
        case NotFoundError():
            return "Check the id, and that it belongs to this account and region, then run again."
        case UnsupportedOperationError():
            return _unsupported_remedy(error.action)
        case RejectedError():
            return "Fix the input that the message names, then run again."
        case ThrottledError():
            return "The account is being throttled: set alicloud-edge:callsPerSecond, or run again later."
        case UnavailableError():
            return _unavailable_remedy(error)
        case MalformedResponseError():
            return (
                "The response is not what the vendor documents: it may come from a proxy or a login page. Check "
                "the network and alicloud-edge:endpoint, then run again: what is under way is joined, not repeated."
            )
        case _:
            return "Run again once this is fixed."


def _may_be_permanent(error: EdgeError | None) -> bool:
    """Return whether a retried error may be a rejection: ENS uses one code for both."""
    return isinstance(error, CloudError) and error.code.lower().startswith("ens.interface.error")


def _unavailable_remedy(error: UnavailableError) -> str:
    """Describe what to do about a transient error of the cloud."""
    joined = "what is under way is joined, not repeated."
    if _may_be_permanent(error):
        return (
            "The error may be temporary, or the cloud rejects the request without a reason: check the inputs, then run "
            f"again later; {joined}"
        )
    return f"The cloud is temporarily unavailable: run again later; {joined}"


def _unsupported_remedy(action: str) -> str:
    """Describe what to do about an operation that the endpoint does not serve; no endpoint may serve a clean."""
    advice = (
        "This endpoint does not serve the operation: check alicloud-edge:region and alicloud-edge:endpoint (with "
        "https), then run again"
    )
    if action != "CleanDistData":
        return f"{advice}."
    return f'{advice}; or keep the data: set on_delete = "retain", run `pulumi up`, then run again.'


def _transport(error: TransportError) -> str:
    match error:
        case UnreachableError():
            advice = "Check the network, alicloud-edge:region and alicloud-edge:endpoint, then run again."
        case ResponseLostError():
            advice = "Run again: what is under way is joined, not repeated."
        case _:
            advice = "Run again."
    return f"{_call_name(error)}: no response from {error.endpoint}: {error.cause}\n{advice}"


def _removal(error: RemovalError, label: TargetLabel) -> str:
    where = (
        f"{label.count(error.targets)} of {error.subject}" if error.subject else label.count(error.targets)
    )
    verb = "is" if len(error.artifacts) == 1 else "are"
    lines = [f"{_joined(error.artifacts)} {verb} still on {where} after cleaning."]
    if error.transient_error is not None:
        explanation = explain(error.transient_error, label).splitlines()
        lines += explanation if _may_be_permanent(error.transient_error) else explanation[:1]
    return "\n".join([*lines, "Run `pulumi destroy` or `pulumi up` again: cleaning continues from there."])


def _rollout(error: RolloutError, label: TargetLabel) -> str:
    outcome = error.outcome
    if outcome.status is RolloutStatus.INTERRUPTED:
        return (
            f"Interrupted at {progress_line(outcome.progress, label)}. What is under way goes on in the cloud; "
            f"the next `pulumi up` continues from there."
        )
    lines = [f"{error.subject}: {_cause(outcome, label)}"]
    lines += _failed_targets(outcome.stage_failed, outcome.failed_total, label)
    if error.refusal is not None:
        lines.append(explain(error.refusal, label))
    if outcome.request_ids:
        lines.append(f"Started by RequestId {', '.join(outcome.request_ids[-3:])}.")
    if error.restored is not None:
        lines += _restored(error.restored, label)
    elif outcome.cause is not FailureCause.REFUSED:
        lines.append(f"What has succeeded stays in place. {FIX_THE_CAUSE}: only what is missing is started.")
    return "\n".join(lines)


def _restored(restored: RollbackResult, label: TargetLabel) -> list[str]:
    """Describe how the rollback went."""
    if restored.nothing:
        return [f"Nothing is rolled back: {restored.nothing}.", f"{FIX_THE_CAUSE}."]
    aims = [f"back to {artifact}{restored.where.get(artifact, '')}" for artifact in restored.artifacts] + [
        f"without {artifact}" for artifact in restored.cleaned
    ]
    aim = ", ".join(aims)
    if restored.error is not None:
        what = f"The rollback ({aim})" if aim else "The rollback"
        return [f"{what} failed too: {explain(restored.error, label)}"]
    outcome = restored.outcome
    if not aims:
        return [
            "The rollback found nothing that it may restore.",
            f"{FIX_THE_CAUSE}.",
        ]
    if restored.interrupted:
        seen = f" at {progress_line(outcome.progress, label)}" if outcome else ""
        interrupted = f"The rollback ({aim}) was interrupted{seen}."
        goes_on = "What is under way goes on in the cloud"
        return [f"{interrupted} {goes_on}; the next `pulumi up` rolls out what the program declares then."]
    if outcome is not None and outcome.status is RolloutStatus.DEGRADED:
        return [
            f"Rolled back ({aim}), but not everywhere: {progress_line(outcome.progress, label)}.",
            *_failed_targets(outcome.stage_failed, outcome.failed_total, label),
            "Fix the cause, then run `pulumi up` again.",
        ]
    if outcome is None or outcome.status is RolloutStatus.CONVERGED:
        seen = f": {progress_line(outcome.progress, label)}" if outcome else ""
        return [f"Rolled back ({aim}){seen}.", f"{FIX_THE_CAUSE}."]
    return [
        f"The rollback ({aim}) failed too: {_cause(outcome, label)}",
        *_failed_targets(outcome.stage_failed, outcome.failed_total, label),
    ]


def _cause(outcome: Outcome, label: TargetLabel) -> str:
    seen = progress_line(outcome.progress, label)
    match outcome.cause:
        case FailureCause.BUDGET:
            allowed = f"max_failed allows {outcome.allowed}"
            return f"{label.count(outcome.failed_total)} failed, {allowed} ({seen})"
        case FailureCause.TIMEOUT:
            return f"the timeout has passed; last seen: {seen}"
        case FailureCause.STALLED:
            return f"no progress within stall_timeout; last seen: {seen}"
        case FailureCause.NOTHING_SELECTED:
            return f"the selection matches no {label.one}"
        case FailureCause.REFUSED | None:
            return f"the rollout could not continue ({seen})"
    assert_never(outcome.cause)


def _failed_targets(failed: tuple[FailedTarget, ...], total: int, label: TargetLabel) -> list[str]:
    lines = [f"  {f.target or 'unknown target'}: {f.artifact}: {f.reason}" for f in failed[:TARGETS_NAMED]]
    more = total - len({f.target for f in failed[:TARGETS_NAMED]})
    if lines and more > 0:
        lines.append(f"  and {more} more {label.one if more == 1 else label.many}")
    return lines
