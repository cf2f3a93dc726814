// One region unfolded: its file server, and its instances one by one.

import { count, keyed, make, plural, setAttribute, setText, show } from "./dom.js";
import { glyph, marks } from "./words.js";

const panels = new Map();

/** Unfold a tile, or fold it again. */
export async function togglePanel(tile, appId, region) {
  if (panels.has(tile)) return closePanel(tile);
  const panel = make("section", "panel", make("h3"), make("p", "servers"), make("div", "members"));
  panel.dataset.loose = "";
  panel.tile = tile;
  panel.setAttribute("aria-label", `Region ${region}`);
  panels.set(tile, { panel, appId, region });
  tile.setAttribute("aria-expanded", "true");
  tile.after(panel);
  await updatePanel(tile);
}

/** Fold a tile. */
export function closePanel(tile) {
  panels.get(tile)?.panel.remove();
  if (panels.delete(tile)) tile.setAttribute("aria-expanded", "false");
}

/** Read all unfolded regions anew. */
export async function updatePanels(applications) {
  for (const tile of [...panels.keys()]) if (!tile.isConnected) closePanel(tile);
  const versions = new Map(applications.flatMap(app => app.files.map(file => [`${app.app_id} ${file.name}`, file.versions])));
  for (const [tile] of panels) await updatePanel(tile, versions);
}

async function updatePanel(tile, versions = known) {
  known = versions;
  const { panel, appId, region } = panels.get(tile);
  const detail = await read(appId, region);
  if (!detail || !panels.has(tile)) return;
  const stopped = detail.stopped.length ? ` · ${count(detail.stopped.length)} stopped` : "";
  setText(panel.children[0], `${region} · ${plural(detail.instances, "instance")}${stopped}`);
  updateServers(panel.children[1], detail, appId);
  keyed(panel.children[2], detail.files.filter(file => file.total > 0), file => file.name, createMembers, (node, file) => updateMembers(node, file, letters(appId, file.name)));
}

/** A region in detail, or null where it is gone; that the emulator is gone is told beside the clock. */
async function read(appId, region) {
  try {
    const question = new URLSearchParams({ app_id: appId, region });
    const answer = await fetch(`/_emulator/instances?${question}`, { signal: AbortSignal.timeout(10_000) });
    return answer.ok ? await answer.json() : null;
  } catch (error) {
    console.debug(error);
    return null;
  }
}

let known = new Map();
const letters = (appId, name) => marks(known.get(`${appId} ${name}`) ?? []);

function updateServers(line, detail, appId) {
  show(line, detail.pushed.length > 0);
  keyed(line, detail.pushed, push => `${push.name} ${push.version}`, () => make("span", "server", make("b"), make("span")), (node, push) => {
    const mark = letters(appId, push.name).get(push.version);
    setAttribute(node, "data-state", push.state);
    setAttribute(node.firstChild, "class", `letter tone-${mark?.tone ?? "none"}`);
    setText(node.firstChild, mark?.letter ?? "?");
    const state = { SUCCESS: "on the file server", PUSHING: "→ on the way to the file server", FAILED: `✕ push failed: ${push.reason}` }[push.state];
    setText(node.lastChild, `${push.name} ${push.version} ${state}`);
  });
}

function createMembers() {
  return make("div", "", make("h4"), make("div", "squares"), make("p", "quiet more"), make("ul", "why"));
}

function updateMembers(node, file, known) {
  const [title, squares, more, why] = node.children;
  setText(title, file.name);
  keyed(squares, file.instances, instance => instance.id, () => make("span", "square"), (square, instance) => {
    const mark = known.get(instance.version);
    setAttribute(square, "class", `square tone-${mark?.tone ?? "none"}`);
    setAttribute(square, "data-state", instance.state);
    setText(square, glyph(instance.state) || (mark?.letter ?? "?"));
    setAttribute(square, "data-tip", told(instance));
  });
  const hidden = file.total - file.instances.length;
  setText(more, hidden > 0 ? `… and ${count(hidden)} more` : "");
  show(more, hidden > 0);
  const failed = file.instances.filter(instance => instance.state === "FAILED").slice(0, 20);
  keyed(why, failed, instance => instance.id, () => make("li", "", make("b"), make("span")), (line, instance) => {
    setText(line.firstChild, `✕ ${instance.id}`);
    setText(line.lastChild, ` ${instance.version}: ${instance.reason}${instance.runs ? ` (still runs ${instance.runs})` : ""}`);
  });
}

function told({ id, version, state, runs, reason, since, stopped }) {
  const words = {
    SUCCESS: `runs ${version}`, DISTING: `→ ${version} on the way`, POD_RESTARTING: `↻ restarting with ${version}`,
    FAILED: `✕ ${version} failed: ${reason}`, DELETED: `∅ ${version} removed`,
  }[state];
  const below = state !== "SUCCESS" && runs ? `\nstill runs ${runs}` : "";
  return `${id}${stopped ? ": stopped" : ""}\n${words}${below}\nsince ${since}`;
}
