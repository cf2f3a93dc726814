"""The lines beside a resource: how far it is, what drifted, what would be touched, what stays."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from pulumi_alicloud_edge._errors import UnreachableError
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.outcome import FailedTarget, Progress
from pulumi_alicloud_edge._model.policy import Everywhere, InRegions, Share, Stage
from pulumi_alicloud_edge._model.removal import Cleaning, Left, LeftBecause
from pulumi_alicloud_edge._operations.context import SilentSink
from pulumi_alicloud_edge._operations.listener import LineListener
from pulumi_alicloud_edge._reconcile.drift import ArtifactDrift, Drift
from pulumi_alicloud_edge._reconcile.impact import ArtifactImpact, Impact
from pulumi_alicloud_edge._reconcile.removal import AwaitRemoval
from pulumi_alicloud_edge._resources.messages import (
    TargetLabel,
    accepted_failures_line,
    cleans_lines,
    drift_line,
    impact_line,
    left_lines,
    progress_line,
    release_impact_line,
    removal_line,
    stays_line,
    unserved_line,
)

REGIONS, INSTANCES = TargetLabel("region", "regions"), TargetLabel("instance", "instances")
SEVEN = frozenset(str(number) for number in range(7))
ASSETS, MODELS = Artifact("assets", "1.5"), Artifact("models", "7")
AT = Progress(stage=0, stages=1, stage_name="", done=4, failed=0, total=6, elapsed=12)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "4/6 regions, 12 s"),
        ({"failed": 1}, "4/6 regions, 1 failed, 12 s"),
        ({"total": None}, "4/? regions, 12 s"),
        ({"baking": 290.0}, "4/6 regions, baking, 4 min 50 s left, 12 s"),
        ({"detail": "30 %, 3/4 pods ready"}, "4/6 regions, 30 %, 3/4 pods ready, 12 s"),
        ({"detail": "30 % of prod, 3/4 pods ready"}, "30 % of prod, 3/4 pods ready, 12 s"),
        ({"total": 1, "done": 0, "detail": "30 %"}, "30 %, 12 s"),
        ({"stages": 3, "stage": 1}, "stage 2 of 3: 4/6 regions, 12 s"),
        ({"stages": 3, "stage_name": "canary"}, "stage 1 of 3 (canary): 4/6 regions, 12 s"),
        ({"elapsed": 3723.0}, "4/6 regions, 1 h 2 min"),
    ],
)
def test_progress(changes: dict[str, Any], line: str) -> None:
    assert progress_line(replace(AT, **changes), REGIONS) == line


def drifted(
    artifact: Artifact = ASSETS,
    missing: tuple[str, ...] = (),
    failed: tuple[str, ...] = (),
    others: tuple[str, ...] = (),
) -> ArtifactDrift:
    return ArtifactDrift(artifact, frozenset(missing), dict.fromkeys(failed, "x"), frozenset(others), 40)


@pytest.mark.parametrize(
    ("artifacts", "line"),
    [
        ([drifted(missing=("a", "b"))], "drift: assets@1.5 is missing on 2 of 40 regions"),
        (
            [drifted(missing=("a",), others=("1.6", "1.4"))],
            "drift: assets@1.5 is missing on 1 of 40 regions (1.4, 1.6 run there)",
        ),
        ([replace(drifted(), is_nowhere=True)], "drift: assets@1.5 is missing everywhere"),
        (
            [replace(drifted(), under_way=frozenset("ab"))],
            "drift: assets@1.5 is on its way to 2 of 40 regions",
        ),
        ([drifted(failed=("a",))], "drift: assets@1.5 has failed on 1 of 40 regions"),
        (
            [drifted(missing=("a",)), drifted(MODELS, failed=("b", "c"))],
            "drift: assets@1.5 is missing on 1 of 40 regions, models@7 has failed on 2 of 40 regions",
        ),
    ],
)
def test_drift(artifacts: list[ArtifactDrift], line: str) -> None:
    assert drift_line(Drift(tuple(artifacts), 0), REGIONS) == line


@pytest.mark.parametrize(
    ("impact", "line"),
    [
        (Impact((), 8, (8,)), ""),
        (
            Impact((ArtifactImpact(ASSETS, ("1.4",), 6, 2),), 8, (8,)),
            "assets 1.4 → 1.5: 6 of 8 regions, 2 have it",
        ),
        (Impact((ArtifactImpact(ASSETS, (), 8, 0),), 8, (8,)), "assets 1.5: 8 regions"),
        (
            Impact((ArtifactImpact(ASSETS, ("1.6",), 8, 0, ((Artifact("assets", "1.6"), SEVEN),)),), 8, (8,)),
            (
                "assets 1.6 → 1.5: 8 regions; cleans assets@1.6 from 7 regions first if the cloud does not replace it "
                "with assets@1.5"
            ),
        ),
        (Impact((ArtifactImpact(ASSETS, (), 7, 1),), 8, (8,)), "assets 1.5: 7 of 8 regions, 1 has it"),
        (Impact((ArtifactImpact(ASSETS, (), 0, 0),), None, (None,)), "assets 1.5: number of regions unknown"),
        (
            Impact((ArtifactImpact(ASSETS, (), 340, 0),), 340, (12, 100, 340)),
            "assets 1.5: 340 regions in 3 stages (12, 100, all)",
        ),
        (
            Impact((ArtifactImpact(ASSETS, (), 8, 0), ArtifactImpact(MODELS, ("6",), 8, 0)), 8, (8,)),
            "assets 1.5: 8 regions; models 6 → 7: 8 regions",
        ),
    ],
)
def test_impact(impact: Impact, line: str) -> None:
    assert impact_line(impact, REGIONS) == line


def test_the_impact_of_a_release() -> None:
    impact = Impact((ArtifactImpact(Artifact("app-1", "ver-2"), ("ver-1",), 1, 0),), 1, (1, 2))
    stages = (Stage(Share(10)), Stage(Share(100)))
    assert release_impact_line(impact, "ver-2", "prod", stages) == "ver-1 → ver-2: 10 %, then 100 % of prod"
    regions = (Stage(InRegions(("a", "b"))), Stage(Everywhere()))
    assert release_impact_line(impact, "ver-2", "prod", regions) == "ver-1 → ver-2: a, b, then all of prod"


def test_smaller_lines() -> None:
    assert removal_line(1, REGIONS) == "cleaning: 1 region left"
    failed = [FailedTarget(Artifact("assets", "1"), f"r{number}", "disk full") for number in range(6)]
    assert accepted_failures_line(2, failed[:2], REGIONS) == "2 regions failed, within max_failed: r0, r1"
    six = accepted_failures_line(6, failed, REGIONS)
    assert six == "6 regions failed, within max_failed: r0, r1, r2, r3, r4 and 1 more"
    assert stays_line([ASSETS, MODELS], "on the servers") == "assets@1.5 and models@7 stay on the servers"
    assert unserved_line(["i-3"], INSTANCES) == "1 instance is listed and not served: i-3"
    assert unserved_line(["i-4", "i-3"], INSTANCES) == "2 instances are listed and not served: i-3, i-4"


def test_what_is_cleaned_is_told_with_where_and_on_how_many_targets() -> None:
    cleanings = [Cleaning(ASSETS, "b", frozenset({"i-3"})), Cleaning(ASSETS, "a", frozenset({"i-1", "i-2"}))]
    assert cleans_lines([*cleanings, Cleaning(MODELS, "a", frozenset({"i-1"}))], INSTANCES) == [
        "cleans assets@1.5 from 3 instances in 2 regions (a, b)",
        "cleans models@7 from 1 instance in 1 region (a)",
    ]
    assert cleans_lines([], INSTANCES) == []


URN = "urn:pulumi:s::p::t::web"


@pytest.mark.parametrize(
    ("left", "line"),
    [
        (
            [Left(ASSETS, LeftBecause.DECLARED, frozenset({"i-1"}), "a", URN)],
            "assets@1.5 stays on 1 instance (i-1) in 1 region (a): web declares assets there",
        ),
        (
            [
                Left(ASSETS, LeftBecause.SHARED, frozenset({"i-1"}), "a"),
                Left(ASSETS, LeftBecause.SHARED, frozenset({"i-2"}), "b"),
            ],
            (
                "assets@1.5 stays on 2 instances (i-1, i-2) in 2 regions (a, b): data is cleaned by whole regions, and "
                "other instances there have it too"
            ),
        ),
        (
            [Left(ASSETS, LeftBecause.REGION_UNKNOWN, frozenset(f"i-{n}" for n in range(7)))],
            (
                "assets@1.5 stays on 7 instances (i-0, i-1, i-2, i-3, i-4 and 2 more): the cloud does not say in which "
                "region they are, and data is cleaned by regions"
            ),
        ),
        (
            [Left(ASSETS, LeftBecause.BEFORE_UNKNOWN, frozenset({"i-1"}))],
            "assets@1.5 is left on 1 instance (i-1): it is not known what ran there before this rollout",
        ),
        (
            [Left(ASSETS, LeftBecause.CHANGED_SINCE, frozenset({"i-1"}))],
            "assets is left as it is on 1 instance (i-1): somebody else has changed it since this rollout began",
        ),
    ],
)
def test_what_stays_is_told_with_why(left: list[Left], line: str) -> None:
    assert left_lines(left, INSTANCES) == [line]


def test_every_reason_for_leaving_something_has_a_line() -> None:
    left = [Left(ASSETS, reason, frozenset({"i-1"})) for reason in LeftBecause]
    assert len(set(left_lines(left, INSTANCES))) == len(LeftBecause)


class Heard(SilentSink):
    """A sink that keeps passing lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def status(self, urn: str, text: str) -> None:
        assert urn == "urn"
        self.lines.append(text)


class Line:
    """A listener with a time of its own."""

    def __init__(self, doing: str = "") -> None:
        self.now, self.heard = 0.0, Heard()
        self.listener = LineListener(self.heard, "urn", REGIONS, lambda: self.now, doing)

    def shown(self, progress: Progress) -> list[str]:
        self.heard.lines.clear()
        self.listener.progress(progress)
        return list(self.heard.lines)


def test_a_line_is_written_when_something_changes_and_not_else() -> None:
    line = Line()
    assert line.shown(AT) == ["4/6 regions, 12 s"]
    line.now = 5
    assert line.shown(replace(AT, elapsed=17)) == []
    assert line.shown(replace(AT, elapsed=17, done=5)) == ["5/6 regions, 17 s"]
    assert line.shown(replace(AT, elapsed=17, done=5, failed=1)) != []


def test_the_begin_of_a_bake_is_a_change() -> None:
    line = Line()
    line.shown(replace(AT, done=6))
    assert line.shown(replace(AT, done=6, baking=300.0)) == ["6/6 regions, baking, 5 min left, 12 s"]


@pytest.mark.parametrize("between", [1, 7, 15, 29])
def test_a_line_is_written_at_least_once_a_minute_however_often_one_looks(between: float) -> None:
    line = Line()
    written = []
    while line.now < 600:
        if line.shown(replace(AT, elapsed=line.now)):
            written.append(line.now)
        line.now += between
    gaps = [later - earlier for earlier, later in pairwise(written)]
    assert max(gaps) <= 60
    assert min(gaps) >= 20


def test_what_is_done_goes_before_the_line() -> None:
    assert Line("rolling back: ").shown(AT) == ["rolling back: 4/6 regions, 12 s"]


def test_trouble_and_removal_show_on_the_line_too() -> None:
    line = Line()
    line.listener.transient_error(UnreachableError(action="Describe", endpoint="ens", cause="refused"))
    line.listener.removal(AwaitRemoval(3, 5))
    assert line.heard.lines == [
        "trying again: Describe: no response from ens: refused",
        "cleaning: 3 regions left",
    ]
