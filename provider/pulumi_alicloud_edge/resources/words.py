"""All text that users read about rollouts: errors, progress, what stays behind. The one place where text is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from pulumi_alicloud_edge.errors import (
    AnswerLostError,
    ClockSkewError,
    CloudError,
    DeniedError,
    EdgeError,
    IdentityError,
    InputError,
    MalformedAnswerError,
    NotFoundError,
    PartialStateError,
    RejectedError,
    RemovalError,
    Restored,
    RolloutError,
    SettingsError,
    ThrottledError,
    TransportError,
    UnavailableError,
    UnreachableError,
    UnservedError,
)
from pulumi_alicloud_edge.model.observation import Unit
from pulumi_alicloud_edge.model.outcome import FailedTarget, FailureCause, Outcome, Progress, RolloutStatus
from pulumi_alicloud_edge.model.policy import InRegions, Scope, Share, Stage
from pulumi_alicloud_edge.model.release import Part, Serving, show_part
from pulumi_alicloud_edge.model.removal import Cleaning, Left, LeftBecause
from pulumi_alicloud_edge.reconcile.drift import Drift
from pulumi_alicloud_edge.reconcile.impact import Impact, UnitImpact
from pulumi_alicloud_edge.resources.durations import show_duration

TARGETS_NAMED = 5
FIX_THE_CAUSE = "Fix the cause, then run `pulumi up` again"


@dataclass(frozen=True)
class Noun:
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
        goes_to: The part that its version is on its way to, None where it stands.
        declared: What it is to serve.
    """

    env: str
    found: Serving
    goes_to: Part | None
    declared: Serving

    def __bool__(self) -> bool:
        """Tell whether there is anything to repair."""
        return super().__bool__()


def progress_line(progress: Progress, noun: Noun) -> str:
    """Write the line beside a resource while it rolls out: ``4/6 regions, 1 failed, 12 s``."""
    total = "?" if progress.total is None else progress.total
    parts = [] if progress.total == 1 and progress.detail else [f"{progress.done}/{total} {noun.many}"]
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if progress.detail:
        parts.append(progress.detail)
    if progress.baking is not None:
        parts.append(f"baking, {show_duration(progress.baking)} left")
    parts.append(show_duration(progress.elapsed))
    stage = ""
    if progress.stages > 1:
        stage = f"stage {progress.stage + 1} of {progress.stages}"
        stage += f" ({progress.stage_name}): " if progress.stage_name else ": "
    return stage + ", ".join(parts)


def removal_line(left: int, noun: Noun) -> str:
    """Write the line beside a resource while its data is cleaned."""
    return f"cleaning: {noun.count(left)} left"


def drift_line(drift: Drift, noun: Noun) -> str:
    """Say what drifted: ``drift: assets@1.5 is missing on 2 of 40 instances (1.4 runs there)``."""
    if isinstance(drift, ReleaseDrift):
        return f"drift: {_release_drift(drift)}"
    parts = []
    for unit in drift.units:
        if unit.is_nowhere:
            parts.append(f"{unit.unit} is nowhere")
        elif unit.missing:
            others = f" ({', '.join(sorted(unit.others))} runs there)" if unit.others else ""
            parts.append(f"{unit.unit} is missing on {len(unit.missing)} of {noun.count(unit.total)}{others}")
        if unit.under_way:
            parts.append(f"{unit.unit} is on its way to {len(unit.under_way)} of {noun.count(unit.total)}")
        if unit.failed:
            parts.append(f"{unit.unit} has failed on {len(unit.failed)} of {noun.count(unit.total)}")
    return "drift: " + ", ".join(parts)


def impact_line(impact: Impact, noun: Noun) -> str:
    """Say what a rollout would touch: ``assets 1.4 → 1.5: 300 of 340 instances, 40 have it, in 3 stages (…)``."""
    if not impact:
        return ""
    touched = "; ".join(_unit_impact(unit, impact, noun) for unit in impact.units) + _stages_clause(impact)
    return "; ".join([touched, *_displacements(impact, noun)])


def release_impact_line(impact: Impact, version: str, env: str, stages: tuple[Stage, ...]) -> str:
    """Return from which version or share to which.

    ``ver-1 → ver-2: 10 %, then 100 % of prod``, or ``ver-2: 50 % → 10 % of prod``.
    """
    if not impact:
        return ""
    others = ", ".join(other for unit in impact.units for other in unit.others)
    serves = impact.serves if isinstance(impact, ReleaseImpact) else None
    have = serves.part if serves is not None and serves.version == version else None
    ahead = [stage.scope for stage in stages[:-1] if not _covers(have, stage.scope)] + [stages[-1].scope]
    steps = ", then ".join(_step(scope) for scope in ahead)
    before = f"{others} → " if others else ""
    return f"{before}{version}: {show_part(have) + ' → ' if have else ''}{steps} of {env}"


def _release_drift(drift: ReleaseDrift) -> str:
    """Say what an environment serves in place of what is declared."""
    found, declared, env = drift.found, drift.declared, drift.env
    part = f" {show_part(declared.part)}" if declared.part is not None else ""
    if not found.version:
        return f"nothing serves {env}, declared is {declared.version} on{part}"
    if found.part is None:
        head = f"{found.version} serves {env}"
    else:
        head = f"{found.version} serves {show_part(found.part)} of {env}"
    if drift.goes_to is not None:
        head += f" and goes on to {show_part(drift.goes_to)}"
    same = found.version == declared.version
    return f"{head}, declared are{part}" if same else f"{head}, declared is {declared.version} on{part}"


def _covers(have: Part | None, scope: Scope) -> bool:
    """Return whether a part reaches as far as a stage."""
    match have, scope:
        case Share(percentage), Share(wanted):
            return percentage >= wanted
        case InRegions(regions), InRegions(wanted):
            return set(wanted).issubset(regions)
        case _:
            return False


def _step(scope: Scope) -> str:
    match scope:
        case Share() | InRegions():
            return show_part(scope)
        case _:
            return "all"


def _unit_impact(unit: UnitImpact, impact: Impact, noun: Noun) -> str:
    others = f"{', '.join(unit.others)} → " if unit.others else ""
    head = f"{unit.unit.name} {others}{unit.unit.version}: "
    if impact.total is None:
        seen = f", {unit.changed} of those known" if unit.changed else ""
        return f"{head}number of {noun.many} unknown{seen}"
    if not unit.having:
        return head + noun.count(unit.changed)
    verb = "has" if unit.having == 1 else "have"
    return f"{head}{unit.changed} of {noun.count(impact.total)}, {unit.having} {verb} it"


def _displacements(impact: Impact, noun: Noun) -> list[str]:
    """Say what lies above a version that is gone back to, and may have to be cleaned for it."""
    return [
        f"cleans {above} from {noun.count(count)} first where the cloud does not bring {unit.unit} back over it"
        for unit in impact.units
        for above, count in unit.above
    ]


def _stages_clause(impact: Impact) -> str:
    if len(impact.stages) == 1:
        return ""
    sizes = ["?" if size is None else str(size) for size in impact.stages[:-1]]
    return f" in {len(impact.stages)} stages ({', '.join([*sizes, 'all'])})"


def accepted_failures_line(count: int, noun: Noun) -> str:
    """Say that some targets failed and that this was allowed."""
    return f"{noun.count(count)} failed, within max_failed"


def stays_line(units: Iterable[Unit], where: str) -> str:
    """Say what a destroyed resource leaves in the cloud: ``levels@2 and assets@1 stay on the file servers``."""
    units = tuple(units)
    return f"{_joined(units)} {'stays' if len(units) == 1 else 'stay'} {where}"


def unreadable_line(names: Iterable[str]) -> str:
    """Say of which names the state does not tell any more what is to be cleaned."""
    return f"the state does not tell any more where {', '.join(names)} was put: what is there of it stays"


def two_owners_line(unit: Unit, version: str) -> str:
    """Say that a version came back after it had been repaired away."""
    return (
        f"{unit.name} {version} has come back where {unit.version} is declared, after an earlier repair: another "
        f"stack or person rolls it out. Agree on one version, or give each its own targets."
    )


def rollback_target_lost(unit: Unit) -> str:
    """Say that there is nothing to roll back to."""
    return (
        f"rollback would return to {unit}, which the cloud no longer has: choose stop, or bring it back first"
    )


def cleans_lines(cleanings: Iterable[Cleaning], noun: Noun) -> list[str]:
    """Say what is taken away: ``cleans levels@1 from 18 instances in 3 regions (…)``, one line for each artifact."""
    by_unit: dict[Unit, list[Cleaning]] = {}
    for cleaning in cleanings:
        by_unit.setdefault(cleaning.unit, []).append(cleaning)
    return [
        f"cleans {unit} from {noun.count(len(frozenset().union(*(c.targets for c in those))))} "
        f"in {_named([c.region for c in those], 'region', 'regions')}"
        for unit, those in sorted(by_unit.items())
    ]


def left_lines(left: Iterable[Left], noun: Noun) -> list[str]:
    """Say what stays, where and why, one line for each artifact and reason."""
    grouped: dict[tuple[Unit, LeftBecause, str], list[Left]] = {}
    for each in left:
        grouped.setdefault((each.unit, each.reason, each.urn), []).append(each)
    return [_left_line(those, noun) for _, those in sorted(grouped.items(), key=lambda item: str(item[0]))]


def _left_line(those: list[Left], noun: Noun) -> str:
    first = those[0]
    targets = sorted(frozenset().union(*(each.targets for each in those)))
    regions = sorted({each.region for each in those if each.region})
    where = f"on {noun.count(len(targets))} ({_few(targets)})"
    where += f" in {_named(regions, 'region', 'regions')}" if regions else ""
    match first.reason:
        case LeftBecause.DECLARED:
            why = f"{first.urn.rpartition('::')[2]} declares {first.unit.name} there"
        case LeftBecause.REMEMBERED:
            name = first.urn.rpartition("::")[2]
            why = f"{name} declared {first.unit.name} there when this resource was last rolled out"
        case LeftBecause.SHARED:
            why = f"data is cleaned by whole regions, and other {noun.many} there have it too"
        case LeftBecause.REGION_UNKNOWN:
            why = "the cloud does not say in which region they are, and data is cleaned by regions"
        case LeftBecause.NOT_REACHED:
            why = "no clean reaches them; the cloud lists them, and does not serve them"
        case LeftBecause.BEFORE_UNKNOWN:
            return f"{first.unit} is left {where}: it is not known what ran there before this rollout"
        case LeftBecause.CHANGED_SINCE:
            return f"{first.unit.name} is left as it is {where}: somebody else has changed it since this rollout began"
        case _:
            assert_never(first.reason)
    return f"{first.unit} stays {where}: {why}"


def unserved_line(targets: Iterable[str], noun: Noun) -> str:
    """Say which targets are listed and not served: ``1 instance is listed and not served: i-3``."""
    targets = sorted(targets)
    verb = "is" if len(targets) == 1 else "are"
    return f"{noun.count(len(targets))} {verb} listed and not served: {_few(targets)}"


def _joined(units: Iterable[Unit]) -> str:
    """Join artifacts: ``levels@2, maps@1 and assets@1``."""
    *others, last = map(str, units)
    return f"{', '.join(others)} and {last}" if others else last


def _few(names: list[str]) -> str:
    """Name the first few."""
    more = len(names) - TARGETS_NAMED
    return ", ".join(names[:TARGETS_NAMED]) + (f" and {more} more" if more > 0 else "")


def _named(names: list[str], one: str, many: str) -> str:
    names = sorted(set(names))
    return f"{len(names)} {one if len(names) == 1 else many} ({_few(names)})"


def new_neighbours_line(urns: Iterable[str]) -> str:
    """Say which resources an update is to remember; it starts nothing for their sake."""
    names = dict.fromkeys(urn.rpartition("::")[2] for urn in urns)
    declare = "declare" if len(names) > 1 else "declares"
    return f"notes that {', '.join(names)} {declare} the same data here; starts nothing"


def explain(error: EdgeError, noun: Noun | None = None) -> str:
    """Make the message of an error: what failed, where, the cloud's own words, and what to do next."""
    match error:
        case InputError():
            lines = (f"{f.path}: {f.reason}" if f.path else f.reason for f in error.faults)
            return "\n".join(map(_printable, lines))
        case SettingsError():
            return f"{error.setting}: {error.reason}. {error.remedy}"
        case PartialStateError():
            return explain(error.cause, noun)
        case RolloutError():
            return _rollout(error, noun or Noun("target", "targets"))
        case RemovalError():
            return _removal(error, noun or Noun("target", "targets"))
        case CloudError():
            return _cloud(error)
        case TransportError():
            return _transport(error)
        case _:
            return str(error)


def _printable(line: str) -> str:
    """Return a line with what a terminal cannot show written as escapes; it may quote any input."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def _cloud(error: CloudError) -> str:
    request = f" (RequestId {error.request_id})" if error.request_id else ""
    said = f"{_called(error)} was answered {error.code or error.status}: {error.message}{request}"
    return f"{said}\n{_remedy(error)}"


def _called(error: CloudError | TransportError) -> str:
    """Name a call and the application that it was about."""
    return f"{error.action} for {error.subject}" if error.subject else error.action


def _remedy(error: CloudError) -> str:
    match error:
        case DeniedError():
            return f"Allow {error.ram_action or 'the action'} to this identity in RAM (resource *), then run again."
        case IdentityError():
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
        case UnservedError():
            return _where_it_is_served(error.action)
        case RejectedError():
            return "Change what it names, then run again."
        case ThrottledError():
            return "The account is being throttled: set alicloud-edge:callsPerSecond, or run again later."
        case UnavailableError():
            return _until_available(error)
        case MalformedAnswerError():
            return (
                "That is not what the cloud documents: a proxy or a login page may have answered in its place. Check "
                "the network and alicloud-edge:endpoint, then run again: what is under way is joined, not repeated."
            )
        case _:
            return "Run again once this is fixed."


def _may_be_for_good(error: EdgeError | None) -> bool:
    """Tell whether an error that is repeated like a passing one may be a refusal: one code of ENS is used for both."""
    return isinstance(error, CloudError) and error.code.lower().startswith("ens.interface.error")


def _until_available(error: UnavailableError) -> str:
    """Say what to do about a trouble of the cloud."""
    joined = "what is under way there is joined, not repeated."
    if _may_be_for_good(error):
        return (
            "It may pass, or be a refusal of what was asked without a reason: check the inputs, then run again later; "
            f"{joined}"
        )
    return f"The cloud is in trouble; run again later: {joined}"


def _where_it_is_served(action: str) -> str:
    """Say what to do about an operation that the endpoint does not serve; a clean may be one that none serves."""
    advice = (
        "This endpoint does not serve the call: check alicloud-edge:region and alicloud-edge:endpoint (with https), "
        "then run again"
    )
    if action != "CleanDistData":
        return f"{advice}."
    return f'{advice}; or let the data stay: set on_delete = "retain", run pulumi up, then run again.'


def _transport(error: TransportError) -> str:
    match error:
        case UnreachableError():
            advice = "Check the network, alicloud-edge:region and alicloud-edge:endpoint, then run again."
        case AnswerLostError():
            advice = "Run again: what has begun in the cloud is joined, not repeated."
        case _:
            advice = "Run again."
    return f"{_called(error)}: no answer from {error.endpoint}: {error.cause}\n{advice}"


def _removal(error: RemovalError, noun: Noun) -> str:
    where = f"{noun.count(error.targets)} of {error.subject}" if error.subject else noun.count(error.targets)
    verb = "is" if len(error.units) == 1 else "are"
    lines = [f"{_joined(error.units)} {verb} still on {where} after cleaning."]
    if error.trouble is not None:
        said = explain(error.trouble, noun).splitlines()
        lines += said if _may_be_for_good(error.trouble) else said[:1]
    return "\n".join([*lines, "Run pulumi destroy or up again: it goes on from there."])


def _rollout(error: RolloutError, noun: Noun) -> str:
    outcome = error.outcome
    if outcome.status is RolloutStatus.INTERRUPTED:
        return (
            f"Interrupted at {progress_line(outcome.progress, noun)}. What is under way goes on in the cloud; "
            f"the next pulumi up continues from there."
        )
    lines = [f"{error.subject}: {_cause(outcome, noun)}"]
    lines += _failed_targets(outcome.stage_failed, outcome.failed_total, noun)
    if error.refusal is not None:
        lines.append(explain(error.refusal, noun))
    if outcome.request_ids:
        lines.append(f"Started by RequestId {', '.join(outcome.request_ids[-3:])}.")
    if error.restored is not None:
        lines += _restored(error.restored, noun)
    elif outcome.cause is not FailureCause.REFUSED:
        lines.append(f"What has succeeded stays in place. {FIX_THE_CAUSE}: only what is missing is started.")
    return "\n".join(lines)


def _restored(restored: Restored, noun: Noun) -> list[str]:
    """Say how the rollback went."""
    if restored.nothing:
        return [f"Nothing is rolled back: {restored.nothing}.", f"{FIX_THE_CAUSE}."]
    aims = [f"back to {unit}{restored.where}" for unit in restored.units] + [
        f"without {unit}" for unit in restored.cleaned
    ]
    aim = ", ".join(aims)
    if restored.error is not None:
        what = f"The rollback ({aim})" if aim else "The rollback"
        return [f"{what} failed too: {explain(restored.error, noun)}"]
    outcome = restored.outcome
    if not aims:
        return [
            "The rollback has found nothing that it may restore.",
            f"{FIX_THE_CAUSE}.",
        ]
    if restored.interrupted:
        seen = f" at {progress_line(outcome.progress, noun)}" if outcome else ""
        goes_on = "What is under way goes on in the cloud; the next pulumi up rolls out what the program declares then."
        return [f"The rollback ({aim}) was interrupted{seen}. {goes_on}"]
    if outcome is not None and outcome.status is RolloutStatus.DEGRADED:
        return [
            f"Rolled back ({aim}), but not everywhere: {progress_line(outcome.progress, noun)}.",
            *_failed_targets(outcome.stage_failed, outcome.failed_total, noun),
            "Fix the cause, then run `pulumi up` again.",
        ]
    if outcome is None or outcome.status is RolloutStatus.CONVERGED:
        seen = f": {progress_line(outcome.progress, noun)}" if outcome else ""
        return [f"Rolled back ({aim}){seen}.", f"{FIX_THE_CAUSE}."]
    return [
        f"The rollback ({aim}) failed too: {_cause(outcome, noun)}",
        *_failed_targets(outcome.stage_failed, outcome.failed_total, noun),
    ]


def _cause(outcome: Outcome, noun: Noun) -> str:
    seen = progress_line(outcome.progress, noun)
    match outcome.cause:
        case FailureCause.BUDGET:
            allowed = f"max_failed allows {outcome.allowed}"
            return f"{noun.count(outcome.failed_total)} failed, {allowed} ({seen})"
        case FailureCause.TIMEOUT:
            return f"the timeout has passed; last seen: {seen}"
        case FailureCause.STALLED:
            return f"nothing has moved for stall_timeout; last seen: {seen}"
        case FailureCause.NOTHING_SELECTED:
            return f"the selection matches no {noun.one}"
        case FailureCause.REFUSED | None:
            return f"the rollout could not go on ({seen})"
    assert_never(outcome.cause)


def _failed_targets(failed: tuple[FailedTarget, ...], total: int, noun: Noun) -> list[str]:
    lines = [f"  {f.target or 'nowhere shown'}: {f.unit}: {f.reason}" for f in failed[:TARGETS_NAMED]]
    more = total - len({f.target for f in failed[:TARGETS_NAMED]})
    if lines and more > 0:
        lines.append(f"  and {noun.count(more)} more")
    return lines
