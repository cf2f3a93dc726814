// The page asks for the small document of everything once a second, and brings its nodes in step with it.

import { updateActivity } from "./activity.js";
import { tally, updateApplications } from "./applications.js";
import { count, setAttribute, setText, show } from "./dom.js";
import { updatePanels } from "./panel.js";
import { tallyReleases, updateReleases } from "./releases.js";
import { refreshTip } from "./tip.js";

const PAUSE = 1000;
/** A fleet that takes long to count is counted less often, so that watching never slows a rollout down. */
const LOAD_SHARE = 4;
const PATIENCE = 10_000;

const byId = id => document.getElementById(id);
let lastAnswer = null;
let timer = 0;

async function refresh() {
  clearTimeout(timer);
  const began = performance.now();
  try {
    const all = await read();
    if (all) {
      update(all);
      await updatePanels(all.applications);
      refreshTip();
    }
  } finally {
    if (!document.hidden) timer = setTimeout(refresh, Math.max(PAUSE, LOAD_SHARE * (performance.now() - began)));
  }
}

/** Everything as it is now, or null from an emulator that is gone. */
async function read() {
  try {
    const answer = await fetch("/_emulator/summary", { signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const all = await answer.json();
    connected();
    return all;
  } catch (error) {
    disconnected(error);
    return null;
  }
}

function update(all) {
  updateApplications(byId("applications"), all.applications);
  updateReleases(byId("releases"), all.container_apps);
  updateActivity(all);
  show(byId("nothing"), all.applications.length + all.container_apps.length === 0);
  const pace = all.time_scale === 0 ? "stands still" : all.time_scale === 1 ? "real time" : `${count(all.time_scale)} × real time`;
  setText(byId("clock"), `${all.time.replace("T", " ").replace("Z", " UTC")} · ${pace} · seed ${all.seed}`);
  headline(all);
}

function headline(all) {
  const data = tally(all.applications), releases = tallyReleases(all.container_apps);
  const moving = data.moving + releases.moving, failed = data.failed + releases.failed;
  const parts = [moving && `→ ${count(moving)} moving`, failed && `✕ ${count(failed)} failed`].filter(Boolean);
  setText(byId("moving"), moving ? `→ ${count(moving)} moving` : "");
  setText(byId("failed"), failed ? `✕ ${count(failed)} failed` : "");
  show(byId("rest"), parts.length === 0);
  const title = parts.length ? `${parts.join(" · ")} – Edge emulator` : "Edge emulator";
  if (document.title !== title) document.title = title;
}

function connected() {
  lastAnswer = new Date();
  setAttribute(byId("link"), "data-link", "live");
  setText(byId("link"), "live");
  setAttribute(document.body, "data-stale", null);
}

function disconnected(error) {
  console.debug(error);
  setAttribute(byId("link"), "data-link", "gone");
  const since = lastAnswer ? ` since ${lastAnswer.toLocaleTimeString()}; what is shown is from then` : "";
  setText(byId("link"), `no response from the emulator${since}`);
  setAttribute(document.body, "data-stale", "");
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
refresh();
