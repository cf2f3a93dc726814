// Beside the rollout: the last calls, the faults in force, and the open points that are settled otherwise.

import { keyed, make, setAttribute, setText, show } from "./dom.js";

const SHOWN_LINES = 10;

/** Bring calls, faults and dialect up to date. */
export function updateActivity({ calls, faults, dialect, applications, container_apps: containerApps }) {
  const names = new Map([...applications, ...containerApps].map(app => [app.app_id, app.name]));
  updateCalls(document.getElementById("calls"), calls, names);
  updateList(document.getElementById("faults"), faults.map(fault => told(fault, names)));
  updateList(document.getElementById("dialect"), Object.entries(dialect).map(([point, way]) => `${point}: ${way}`));
}

function updateCalls(section, calls, names) {
  show(section.querySelector("p"), calls.length === 0);
  keyed(section.querySelector("ol"), runs(calls), call => call.key, createCall, (line, call) => {
    const [[action, times], [time, app, outcome]] = [...line.children].map(row => row.children);
    setText(action, call.action || "no action");
    setText(times, call.times > 1 ? `× ${call.times}` : "");
    setText(time, call.time.slice(11, 19));
    setText(app, names.get(call.app_id) ?? call.app_id);
    setText(outcome, call.status === null ? `✕ ${call.code || "dropped"}` : call.code ? `✕ ${call.status} ${call.code}` : `${call.status}`);
    setAttribute(line, "data-failed", call.code || call.status === null ? "" : null);
  });
}

/** Calls that repeat each other, as those of a client that waits do, in one line with the time of the last. */
function runs(calls) {
  const lines = [];
  for (const call of calls) {
    const last = lines.at(-1);
    const same = last && ["action", "app_id", "status", "code"].every(field => last[field] === call[field]);
    if (same) Object.assign(last, { times: last.times + 1, key: call.seq });
    else lines.push({ ...call, times: 1, key: call.seq });
  }
  return lines.slice(0, SHOWN_LINES);
}

function createCall() {
  const what = make("div", "", make("span", "action"), make("span", "times"));
  return make("li", "", what, make("div", "", make("time"), make("span", "app"), make("span", "outcome")));
}

function updateList(section, lines) {
  show(section, lines.length > 0);
  keyed(section.querySelector("ul"), lines.map((line, index) => ({ line, index })), item => item.index, () => make("li"), (node, { line }) => setText(node, line));
}

function told({ effect, action, app_id: appId, count, probability, met }, names) {
  const calls = action === "*" ? "all calls" : action;
  const app = appId ? ` of ${names.get(appId) ?? appId}` : "";
  const chance = probability < 1 ? `, ${Math.round(probability * 100)} % of them` : "";
  return `${effect.replaceAll("_", " ")}: ${calls}${app}${chance}; met ${met}${count ? ` of ${count}` : ""}`;
}
