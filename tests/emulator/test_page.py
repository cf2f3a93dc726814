"""The page in a real browser: what it shows while a rollout runs, without being loaded again."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.browser import Browser, Tab
from tests.support.caller import Caller
from tests.support.emulator import (
    APP_ID,
    CONTAINER_APP_ID,
    CRASHING_VERSION_ID,
    REGIONS,
    VERSION_IDS,
    Emulator,
)
from tests.support.rollouts import LONG, deliver, dist, dist_strategy, publish, push

FULL_DISK = "transfer failed: no space left on device"
NARROW = 360
Open = Callable[..., Tab]


@pytest.fixture
def show(browser: Browser, emulator: Emulator) -> Iterator[Open]:
    """Opens the page; at the end it must have complained of nothing and asked nobody else."""
    tabs: list[Tab] = []

    def open_page(**options: Any) -> Tab:
        tab = browser.open(emulator.url, **options)
        tabs.append(tab)
        tab.wait_for("document.querySelector('#link').dataset.link === 'live'")
        return tab

    yield open_page
    for tab in tabs:
        assert tab.errors() == []
        assert {url for url in tab.requests() if not url.startswith((emulator.url, "data:"))} == set()
        tab.close()


def world(regions: int, instances: int, **more: Any) -> dict[str, Any]:
    ids = [f"cn-city-{number}-telecom_unicom_cmcc" for number in range(regions)]
    data = {"app_id": APP_ID, "name": "assets"}
    return {
        "regions": [{"id": region} for region in ids],
        "applications": [{"app_id": APP_ID, "name": "fleet", "instances": dict.fromkeys(ids, instances)}],
        "pushed": [{**data, "version": "1"}, {**data, "version": "2"}],
        "distributed": [{**data, "version": "1"}],
        **more,
    }


def tile(region: str) -> str:
    return f'.tile[data-region="{region}"]'


def label(region: str) -> str:
    return f"document.querySelector({json.dumps(tile(region))}).getAttribute('aria-label')"


def shows(text: str, selector: str = "main") -> str:
    """The condition that a text is to be read, wherever its lines break."""
    found = f"document.querySelector({json.dumps(selector)})"
    return f"{found}.innerText.replace(/\\s+/g, ' ').includes({json.dumps(text)})"


def overflow(tab: Tab) -> int:
    """How far the page is wider than the window."""
    return int(tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_it_follows_a_rollout_without_being_loaded_again(show: Open, caller: Caller) -> None:
    deliver(caller, "1.4")
    tab = show()
    tab.wait_for(shows("A 1.4 runs on 40"))
    tab.wait_for(shows("all at rest", "#headline"))
    tab.evaluate("window.mark = document.querySelector('.fleet')")

    push(caller, "1.5")
    tab.wait_for(shows("B 1.5 is on the file servers of 0 of 6 regions, 6 → on the way"))
    caller.emulator.advance(LONG)
    tab.wait_for(shows("B 1.5 is on the file servers of 6 of 6 regions"))

    dist(caller, "1.5", strategy=dist_strategy([REGIONS[1]]))
    tab.wait_for(shows("→ 4 on the way"))
    tab.wait_for(shows("→ 4 moving", "#headline"))
    tab.wait_for(f"{label(REGIONS[1])}.includes('4 on the way to 1.5 (still run 1.4)')")
    assert "8 run 1.4" in tab.evaluate(label(REGIONS[0]))

    caller.emulator.advance(LONG)
    tab.wait_for(shows("B 1.5 runs on 4"))
    tab.wait_for(f"{label(REGIONS[1])}.includes('4 run 1.5')")
    tab.wait_for(shows("all at rest", "#headline"))
    assert tab.evaluate("window.mark === document.querySelector('.fleet')")


def test_a_failure_is_told_with_its_reason(show: Open, caller: Caller) -> None:
    deliver(caller, "1.4")
    push(caller, "1.5")
    caller.emulator.advance(LONG)
    question = {"app_id": APP_ID, "region": REGIONS[0]}
    detail = caller.emulator.control("GET", "/instances", params=question).json()
    failing = detail["files"][0]["instances"][0]["id"]
    rule = {"effect": "target_fail", "targets": [failing], "description": FULL_DISK}
    caller.emulator.faults([rule])
    dist(caller, "1.5")
    tab = show()
    tab.wait_for(shows("target fail: all calls; met 1", "#faults"))
    assert FULL_DISK not in tab.text()

    caller.emulator.advance(LONG)
    tab.wait_for(shows(f"✕ B 1.5 distribution failed on 1 instance: {FULL_DISK} in Wuhan 2"))
    tab.wait_for(shows("✕ 1 failed", "#headline"))
    tab.hover(tile(REGIONS[0]))
    tab.wait_for(shows(FULL_DISK, "#tip"))
    assert "still run 1.4" in tab.text("#tip")
    tab.click(tile(REGIONS[0]))
    tab.wait_for(shows(f"✕ {failing} 1.5: {FULL_DISK} (still runs 1.4)", ".panel"))


def test_it_shows_how_many_instances_are_stopped(show: Open, caller: Caller) -> None:
    deliver(caller, "1.4")
    question = {"app_id": APP_ID, "region": REGIONS[1]}
    detail = caller.emulator.control("GET", "/instances", params=question).json()
    stopped = detail["files"][0]["instances"][0]["id"]
    tab = show()
    tab.wait_for(f"{label(REGIONS[1])}.includes('4 instances;')")
    caller.emulator.inventory(stop=[stopped], remove=[detail["files"][0]["instances"][1]["id"]])
    tab.wait_for(f"{label(REGIONS[1])}.includes('3 instances, 1 stopped')")
    tab.wait_for(shows("3 (1 stopped)", tile(REGIONS[1])))
    tab.click(tile(REGIONS[1]))
    tab.wait_for(shows("3 instances · 1 stopped", ".panel"))
    tips = "[...document.querySelectorAll('.panel .square')].map(square => square.dataset.tip)"
    tab.wait_for(f"{tips}.some(tip => tip.startsWith('{stopped}: stopped'))")


def test_the_reason_is_there_for_the_keyboard_too(show: Open, caller: Caller) -> None:
    caller.emulator.faults([{"effect": "target_fail", "targets": [REGIONS[2]], "description": FULL_DISK}])
    push(caller, "1.5")
    caller.emulator.advance(LONG)
    tab = show()
    tab.wait_for(f"{label(REGIONS[2])}.includes('push failed: {FULL_DISK}')")
    tab.evaluate(f"document.querySelector({json.dumps(tile(REGIONS[2]))}).focus()")
    tab.wait_for(shows(FULL_DISK, "#tip"))
    assert not tab.evaluate("document.querySelector('#tip').hidden")


def test_an_unfolded_region_stays_open_and_follows(show: Open, caller: Caller) -> None:
    deliver(caller, "1.4")
    push(caller, "1.5")
    caller.emulator.advance(LONG)
    tab = show()
    tab.click(tile(REGIONS[1]))
    tab.wait_for("document.querySelectorAll('.panel .square').length === 4")
    tab.evaluate("window.panel = document.querySelector('.panel')")
    dist(caller, "1.5")
    tab.wait_for("document.querySelectorAll('.panel .square[data-state=DISTING]').length === 4")
    caller.emulator.advance(LONG)
    tab.wait_for("document.querySelectorAll('.panel .square[data-state=SUCCESS]').length === 4")
    assert tab.evaluate("window.panel === document.querySelector('.panel')")
    assert tab.evaluate(f"document.activeElement === document.querySelector({json.dumps(tile(REGIONS[1]))})")
    tab.click(tile(REGIONS[1]))
    tab.wait_for("!document.querySelector('.panel')")


def test_a_release_shows_versions_share_and_pods(show: Open, caller: Caller) -> None:
    publish(caller, VERSION_IDS[0])
    caller.emulator.advance(LONG)
    tab = show()
    tab.wait_for(shows("prod web-1", "#releases"))
    publish(caller, VERSION_IDS[1], PublishType="percentage", Percentage="50")
    publish(caller, CRASHING_VERSION_ID, env="staging")
    caller.emulator.advance(3)
    tab.wait_for(shows("web-1 → web-2", "#releases"))
    reached = int(tab.evaluate("document.querySelector('.meter').getAttribute('aria-valuenow')"))
    assert 0 < reached < 50
    assert f"publishing {reached} % of 50 %" in tab.text("#releases")
    tab.wait_for(shows("huadong unicom ●●●●●○ 5/6", "#releases"))
    tab.wait_for(shows("web-6 does not arrive: its pods crash again and again", "#releases"))
    caller.emulator.advance(LONG)
    tab.wait_for(shows("published 50 %", "#releases"))
    tab.wait_for(shows("huadong unicom ●●●●●● 6/6", "#releases"))


def test_calls_are_listed_as_they_come(show: Open, caller: Caller) -> None:
    tab = show()
    tab.wait_for(shows("No call yet.", "#calls"))
    caller.ok("DescribeDataPushResult", AppId=APP_ID)
    caller.ok("DescribeDataPushResult", AppId=APP_ID)
    caller.call("GetEdgeContainerAppStatus", product="esa", AppId=CONTAINER_APP_ID, PublishEnv="moon")
    tab.wait_for(shows("DescribeDataPushResult × 2", "#calls"))
    assert "cloud-game" in tab.text("#calls")
    assert "✕ 400" in tab.text("#calls")
    caller.emulator.dialect(clean="later")
    tab.wait_for(shows("clean: later", "#dialect"))


def test_what_others_wrote_is_shown_as_text(show: Open, caller: Caller) -> None:
    name = "<img src=x onerror=alert(1)>"
    push(caller, "1", name=name)
    tab = show()
    tab.wait_for(f"document.querySelector('.file h3').textContent === {json.dumps(name)}")
    assert tab.evaluate("document.images.length") == 0


def test_three_regions_fill_a_wide_and_a_narrow_window(show: Open, emulator: Emulator) -> None:
    emulator.world(world(3, 4))
    for width in (1440, NARROW):
        tab = show(width=width)
        tab.wait_for("document.querySelectorAll('.tile').length === 3")
        assert overflow(tab) <= 0
        assert tab.evaluate("[...document.querySelectorAll('.tools')].every(tools => tools.hidden)")


def test_three_hundred_regions_stay_readable(show: Open, caller: Caller) -> None:
    caller.emulator.world(world(300, 334, timing={"dist_seconds": [5, 60]}))
    tab = show()
    tab.wait_for("document.querySelectorAll('.tile').length === 300")
    tab.wait_for(shows("A 1 runs on 100,200"))
    moved = ["cn-city-7-telecom_unicom_cmcc", "cn-city-250-telecom_unicom_cmcc"]
    dist(caller, "2", strategy=dist_strategy(moved))
    tab.wait_for(shows("moving 2"))
    tab.click(".choice[data-choice=moving]")
    tab.wait_for("document.querySelectorAll('.tile:not([hidden])').length === 2")
    tab.wait_for(f"{label(moved[1])}.includes('334 on the way to 2')")
    caller.emulator.advance(LONG)
    tab.wait_for(shows("B 2 runs on 668"))
    tab.wait_for(shows("No region to show."))
    tab.click(".choice[data-choice=all]")
    tab.wait_for("document.querySelectorAll('.tile:not([hidden])').length === 300")
    assert overflow(tab) <= 0
    assert tab.evaluate("Math.min(...[...document.querySelectorAll('.tile')].map(t => t.clientWidth))") > 100


def test_three_hundred_regions_fit_a_narrow_window(show: Open, emulator: Emulator) -> None:
    emulator.world(world(300, 334))
    tab = show(width=NARROW)
    tab.wait_for("document.querySelectorAll('.tile').length === 300")
    assert overflow(tab) <= 0


def test_a_region_is_found_by_its_name(show: Open, emulator: Emulator) -> None:
    emulator.world(world(300, 1))
    tab = show()
    tab.wait_for("document.querySelectorAll('.tile').length === 300")
    tab.evaluate(
        "(() => { const find = document.querySelector('input[type=search]'); find.value = 'city-299';"
        " find.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )
    tab.wait_for("document.querySelectorAll('.tile:not([hidden])').length === 1")


def test_it_reads_counts_and_not_every_instance(show: Open, emulator: Emulator) -> None:
    emulator.world(world(300, 334))
    tab = show()
    tab.wait_for("document.querySelectorAll('.tile').length === 300")
    paths = {url.removeprefix(emulator.url).partition("?")[0] for url in tab.requests()}
    assert "/_emulator/summary" in paths
    assert not {"/_emulator/state", "/_emulator/calls", "/_emulator/instances"} & paths


def test_another_world_takes_the_place_of_the_former(show: Open, caller: Caller) -> None:
    deliver(caller)
    tab = show()
    tab.wait_for(shows("A 1 runs on 40"))
    caller.emulator.world({})
    tab.wait_for(shows("This world has no applications."))
    assert tab.evaluate("document.querySelectorAll('.card').length") == 0


def test_it_says_when_the_emulator_is_gone_and_when_it_is_back(browser: Browser, tmp_path: Path) -> None:
    db = tmp_path / "emulator.db"
    with Emulator.start(db=db, time_scale=0) as first:
        deliver(Caller(first), "1.4")
        tab = browser.open(first.url)
        tab.wait_for(shows("A 1.4 runs on 40"))
        first.kill()
        tab.wait_for(shows("no response from the emulator since", "#link"))
        assert "1.4 runs on 40" in tab.text("main").replace("\n", " ")
        port = int(first.url.rpartition(":")[2])
    with Emulator.start(db=db, time_scale=0, port=port):
        tab.wait_for("document.querySelector('#link').dataset.link === 'live'")
        tab.wait_for(shows("A 1.4 runs on 40"))
    tab.close()


CONTRAST = """
[...document.querySelectorAll('body *')].filter(node => node.checkVisibility()
    && [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())).map(node => {
  const rgb = color => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d');
    canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  let below = node, back;
  do { back = rgb(getComputedStyle(below).backgroundColor); below = below.parentElement; }
  while (back[3] < 255 && below);
  const [a, b] = [light(rgb(getComputedStyle(node).color)), light(back)].sort((x, y) => y - x);
  return [(a + .05) / (b + .05), node.className + ': ' + node.textContent];
}).sort((a, b) => a[0] - b[0])[0]
"""


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_contrast_in_light_and_dark(show: Open, caller: Caller, dark: bool) -> None:  # noqa: FBT001
    versions = [str(number) for number in range(1, 7)]
    for version in versions:
        push(caller, version)
        caller.emulator.advance(LONG)
        dist(caller, version, strategy=dist_strategy([REGIONS[int(version) - 1]]))
    caller.emulator.faults([{"effect": "target_fail", "targets": ["*"], "description": FULL_DISK}])
    push(caller, "7")
    caller.emulator.advance(LONG)
    dist(caller, "6")
    publish(caller, CRASHING_VERSION_ID, env="staging")
    caller.emulator.advance(2)
    tab = show(dark=dark)
    tab.wait_for(shows("does not arrive"))
    ratio, where = tab.evaluate(CONTRAST)
    assert ratio >= 4.5, where


def test_parts_and_nothing_else_are_served_beside_the_page(emulator: Emulator) -> None:
    page = emulator.http.get(emulator.url)
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    style = emulator.control("GET", "/page/page.css")
    assert style.headers["content-type"].startswith("text/css")
    for name in ("__init__.py", "none.js", "..%2Fpage.py"):
        assert emulator.control("GET", f"/page/{name}").status_code == 404
