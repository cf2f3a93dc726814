// ENS: applications, their data files, and their regions as tiles.

import { updateBar, updateCounts } from "./bar.js";
import { count, keyed, make, plural, setAttribute, setText, show } from "./dom.js";
import { closePanel, togglePanel } from "./panel.js";
import { glyph, grouped, isMoving, marks, ordered, said } from "./words.js";

const DENSE_FROM = 13;
const OPEN_TILES = 600;

/** Bring all applications up to date. */
export function updateApplications(parent, applications) {
  let tiles = 0;
  const shown = applications.map(app => {
    tiles += app.regions.length;
    return { ...app, opensUnfolded: tiles <= OPEN_TILES || tiles === app.regions.length };
  });
  keyed(parent, shown, app => app.app_id, createApplication, updateApplication);
}

/** What moves and what has failed, over all applications. */
export function tally(applications) {
  const total = { moving: 0, failed: 0 };
  for (const app of applications)
    for (const file of app.files)
      for (const here of Object.values(file.regions)) {
        for (const cell of [...here.instances, ...(here.pushed ? [{ ...here.pushed, count: 1 }] : [])]) {
          if (isMoving(cell.state)) total.moving += cell.count;
          if (cell.state === "FAILED") total.failed += cell.count;
        }
      }
  return total;
}

function createApplication(app) {
  const node = make("article", "card application");
  const details = make("details");
  details.open = app.opensUnfolded;
  const title = make("summary", "", make("h2"), make("span", "quiet id"), make("span", "quiet size"));
  const files = make("div", "files");
  const tools = createTools(node);
  details.append(title, files, make("p", "quiet empty", "No data has been pushed or distributed yet."), tools, make("div", "regions"));
  node.append(details);
  return node;
}

function createTools(card) {
  const search = make("input");
  search.type = "search";
  search.placeholder = "Find a region";
  search.setAttribute("aria-label", "Find a region");
  search.addEventListener("input", () => filter(card));
  const choices = ["all", "moving", "failed"].map(choice => {
    const button = make("button", "choice");
    button.type = "button";
    button.dataset.choice = choice;
    button.addEventListener("click", () => {
      card.dataset.choice = choice;
      filter(card);
    });
    return button;
  });
  card.dataset.choice = "all";
  const none = make("span", "quiet none", "No region to show.");
  none.setAttribute("role", "status");
  return make("div", "tools", ...choices, search, none);
}

function updateApplication(card, app) {
  setText(card.querySelector("h2"), app.name);
  setText(card.querySelector(".id"), `${app.app_id} · ${app.cluster}`);
  const instances = app.regions.reduce((sum, region) => sum + region.instances, 0);
  setText(card.querySelector(".size"), `${plural(app.regions.length, "region")} · ${plural(instances, "instance")}`);
  show(card.querySelector(".empty"), app.files.length === 0);
  const files = app.files.map(file => ({ ...file, marks: marks(file.versions) }));
  keyed(card.querySelector(".files"), files, file => file.name, createFile, (node, file) => updateFile(node, file, app, instances));
  const dense = app.regions.length >= DENSE_FROM;
  setAttribute(card, "data-dense", dense ? "" : null);
  show(card.querySelector(".tools"), dense);
  const grid = card.querySelector(".regions");
  keyed(grid, app.regions, region => region.id, region => createTile(app.app_id, region), (tile, region) => updateTile(tile, region, files));
  filter(card);
}

function createFile() {
  const why = make("ul", "why");
  why.setAttribute("aria-label", "Failures");
  const bar = make("div", "bar fleet");
  bar.setAttribute("role", "img");
  return make("section", "file", make("h3"), make("p", "counts"), bar, make("p", "pushes quiet"), why);
}

function updateFile(node, file, app, instances) {
  const cells = Object.values(file.regions).flatMap(region => region.instances);
  const groups = ordered(grouped(cells, instances), file.versions);
  setText(node.querySelector("h3"), file.name);
  updateCounts(node.querySelector(".counts"), groups, file.marks, inWords, true);
  const bar = node.querySelector(".fleet");
  updateBar(bar, groups, file.marks, true);
  setAttribute(bar, "aria-label", `${file.name}: ${groups.map(said).join(", ")}`);
  setText(node.querySelector(".pushes"), pushed(file));
  const names = new Map(app.regions.map(region => [region.id, region.name || region.id]));
  keyed(node.querySelector(".why"), file.failures, failure => `${failure.kind} ${failure.version} ${failure.reason}`,
    () => make("li", "", make("b"), make("span"), make("span", "quiet")), (line, failure) => updateFailure(line, failure, file, names));
}

/** A count of the whole fleet; the version's letter and name stand before it. */
function inWords({ state, count: number }) {
  switch (state) {
    case "SUCCESS": return `runs on ${count(number)}`;
    case "DISTING": return `→ ${count(number)} on the way`;
    case "POD_RESTARTING": return `↻ ${count(number)} restarting`;
    case "FAILED": return `✕ ${count(number)} failed`;
    case "DELETED": return `∅ removed from ${count(number)}`;
    default: return `without data: ${count(number)}`;
  }
}

const inShort = group => glyph(group.state) + count(group.count);

/** Where the newest version is on the file servers. */
function pushed(file) {
  const pushes = Object.values(file.regions).map(region => region.pushed).filter(Boolean);
  const newest = file.versions.filter(version => pushes.some(push => push.version === version)).at(-1);
  if (!newest) return "";
  const states = pushes.filter(push => push.version === newest).map(push => push.state);
  const number = wanted => states.filter(state => state === wanted).length;
  const parts = [`${number("SUCCESS")} of ${plural(states.length, "region")}`];
  if (number("PUSHING")) parts.push(`${number("PUSHING")} → on the way`);
  if (number("FAILED")) parts.push(`${number("FAILED")} ✕ failed`);
  return `⇡ ${file.marks.get(newest).letter} ${newest} is on the file servers of ${parts.join(", ")}`;
}

function updateFailure(line, failure, file, names) {
  const [what, noun] = failure.kind === "push" ? ["push", "region"] : ["distribution", "instance"];
  setText(line.children[0], `✕ ${file.marks.get(failure.version)?.letter ?? ""} ${failure.version}`);
  setText(line.children[1], ` ${what} failed on ${plural(failure.count, noun)}: ${failure.reason || "no reason given"} `);
  const where = Object.entries(failure.regions).map(([id, number]) => {
    const name = names.get(id) ?? id;
    return number < failure.count && failure.kind === "dist" ? `${name} (${count(number)})` : name;
  });
  const more = failure.count > Object.values(failure.regions).reduce((sum, number) => sum + number, 0) ? ", …" : "";
  setText(line.children[2], `in ${where.join(", ")}${more}`);
}

function createTile(appId, region) {
  const tile = make("button", "tile", make("span", "place"), make("span", "number quiet"), make("span", "lanes"));
  tile.type = "button";
  tile.dataset.region = region.id;
  tile.setAttribute("aria-expanded", "false");
  tile.addEventListener("click", () => togglePanel(tile, appId, region.id));
  return tile;
}

function updateTile(tile, region, files) {
  const lanes = files.filter(file => region.id in file.regions)
    .map(file => ({ file, here: file.regions[region.id], groups: ordered(grouped(file.regions[region.id].instances, region.instances), file.versions) }));
  setText(tile.children[0], region.name || region.id);
  setText(tile.children[1], count(region.instances) + (region.stopped ? ` (${count(region.stopped)} stopped)` : ""));
  keyed(tile.children[2], lanes, lane => lane.file.name, createLane, (node, lane) => updateLane(node, lane, files.length > 1));
  const states = lanes.flatMap(({ groups, here }) => [...groups.map(group => group.state), ...(here.pushed ? [here.pushed.state] : [])]);
  setAttribute(tile, "data-moving", states.some(isMoving) ? "" : null);
  setAttribute(tile, "data-failed", states.includes("FAILED") ? "" : null);
  const words = describe(region, lanes);
  setAttribute(tile, "aria-label", words.replaceAll("\n", "; "));
  setAttribute(tile, "data-tip", words);
  tile.dataset.words = `${region.id} ${region.name}`.toLowerCase();
}

function createLane() {
  return make("span", "lane", make("span", "name quiet"), make("span", "bar"), make("span", "counts"), make("span", "push"));
}

function updateLane(node, { file, here, groups }, named) {
  const [name, bar, counts, push] = node.children;
  setText(name, named ? file.name : "");
  updateBar(bar, groups, file.marks);
  updateCounts(counts, groups, file.marks, inShort);
  setText(push, pushMark(here, file));
  setAttribute(push, "data-state", here.pushed?.state ?? null);
}

/** The file server's sign: only as long as its newest version has not gone on to all of the instances there. */
function pushMark({ pushed: push, instances }, file) {
  if (!push || (push.state === "SUCCESS" && instances.some(cell => cell.version === push.version))) return "";
  return `⇡${file.marks.get(push.version).letter}${glyph(push.state) || "✓"}`;
}

function describe(region, lanes) {
  const stopped = region.stopped ? `, ${count(region.stopped)} stopped` : "";
  const lines = [`${region.name || region.id} (${region.id}): ${plural(region.instances, "instance")}${stopped}`];
  for (const { file, here, groups } of lanes) {
    const cells = here.instances.length ? [...here.instances, ...groups.filter(group => group.state === "NONE")] : groups;
    lines.push(`${file.name}: ${cells.map(said).join(", ")}`);
    for (const failure of file.failures)
      if (failure.kind === "dist" && region.id in failure.regions) lines.push(`✕ ${failure.version}: ${failure.reason}`);
    if (here.pushed) lines.push(`⇡ ${file.name} ${here.pushed.version}: ${pushWords(here.pushed)}`);
  }
  return lines.join("\n");
}

function pushWords({ state, reason }) {
  return { SUCCESS: "on the file server", PUSHING: "on the way to the file server", FAILED: `push failed: ${reason}` }[state];
}

/** Show the regions that were asked for. */
function filter(card) {
  const wanted = card.querySelector("input").value.trim().toLowerCase();
  const number = { all: 0, moving: 0, failed: 0 };
  let visible = 0;
  for (const tile of card.querySelectorAll(".tile")) {
    const is = { all: true, moving: "moving" in tile.dataset, failed: "failed" in tile.dataset };
    for (const choice of Object.keys(number)) number[choice] += is[choice];
    const fits = is[card.dataset.choice] && tile.dataset.words.includes(wanted);
    visible += fits;
    show(tile, fits);
    if (!fits) closePanel(tile);
  }
  for (const button of card.querySelectorAll(".choice")) {
    const choice = button.dataset.choice;
    setText(button, `${choice} ${count(number[choice])}`);
    setAttribute(button, "aria-pressed", choice === card.dataset.choice);
  }
  show(card.querySelector(".none"), visible === 0);
}
