// ESA: container apps, and what staging and prod serve.

import { keyed, make, plural, setAttribute, setText, show } from "./dom.js";

/** Bring all container apps up to date. */
export function updateReleases(parent, apps) {
  keyed(parent, apps, app => app.app_id, createApp, updateApp);
}

/** The releases under way, and those that cannot arrive. */
export function tallyReleases(apps) {
  const all = apps.flatMap(app => Object.values(app.environments));
  return {
    moving: all.filter(environment => environment.publishing && !environment.trouble).length,
    failed: all.filter(environment => environment.trouble).length,
  };
}

function createApp() {
  const card = make("article", "card", make("header", "", make("h2"), make("span", "quiet id"), make("span", "quiet size", "container app")));
  card.append(make("div", "environments"));
  return card;
}

function updateApp(card, app) {
  setText(card.querySelector("h2"), app.name);
  setText(card.querySelector(".id"), app.app_id);
  const environments = ["prod", "staging"].map(name => ({ name, ...app.environments[name] }));
  keyed(card.querySelector(".environments"), environments, environment => environment.name, createEnvironment, updateEnvironment);
}

function createEnvironment() {
  const meter = make("div", "meter", make("span", "reached"), make("span", "wanted"));
  meter.setAttribute("role", "meter");
  meter.setAttribute("aria-valuemin", "0");
  meter.setAttribute("aria-valuemax", "100");
  return make("section", "environment", make("h3"), make("p", "version"), meter, make("p", "quiet share"), make("p", "trouble"), make("ul", "pods"));
}

function updateEnvironment(node, environment) {
  const [title, version, meter, share, trouble, pods] = node.children;
  setText(title, environment.name);
  setText(version, versions(environment));
  setAttribute(version, "data-tip", ids(environment));
  setAttribute(meter, "data-moving", environment.publishing && !environment.trouble ? "" : null);
  setAttribute(meter, "data-failed", environment.trouble ? "" : null);
  setAttribute(meter, "aria-valuenow", environment.percentage);
  setAttribute(meter, "aria-label", `${environment.name}: ${environment.percentage} % of ${environment.expected} %`);
  meter.children[0].style.width = `${environment.percentage}%`;
  meter.children[1].style.left = `${environment.expected}%`;
  show(meter.children[1], environment.expected > 0 && environment.expected < 100);
  setText(share, progress(environment));
  setText(trouble, environment.trouble ? `✕ ${called(environment.publishing)} does not arrive: ${environment.trouble}${environment.phase ? ` (${environment.phase})` : ""}` : "");
  show(trouble, environment.trouble !== "");
  keyed(pods, environment.pods, pod => `${pod.region} ${pod.isp}`, createPods, updatePods);
  show(pods, environment.pods.length > 0);
}

const called = version => version?.name || version?.id || "nothing";

function versions({ deployed, publishing }) {
  if (!deployed && !publishing) return "nothing deployed";
  if (!publishing) return called(deployed);
  return deployed ? `${called(deployed)} → ${called(publishing)}` : `→ ${called(publishing)}`;
}

function ids({ deployed, publishing }) {
  return [deployed && `deployed: ${deployed.id}`, publishing && `publishing: ${publishing.id}`].filter(Boolean).join("\n");
}

function progress({ status, percentage, expected, regions, phase, trouble }) {
  if (!status) return "";
  const where = regions.length ? ` in ${regions.join(", ")}` : "";
  const asked = percentage === expected ? `${percentage} %` : `${percentage} % of ${expected} %`;
  return `${status} ${asked}${where}${phase && !trouble ? ` · ${phase}` : ""}`;
}

function createPods() {
  return make("li", "", make("span", "place"), make("span", "dots"), make("span", "number"));
}

const MAX_DOTS = 12;

function updatePods(node, { region, isp, ready, total }) {
  const [place, dots, number] = node.children;
  setText(place, [region, isp].filter(Boolean).join(" "));
  setText(dots, total <= MAX_DOTS ? "●".repeat(ready) + "○".repeat(total - ready) : "");
  setText(number, `${ready}/${total}`);
  setAttribute(node, "data-short", ready < total ? "" : null);
  setAttribute(node, "aria-label", `${region} ${isp}: ${ready} of ${plural(total, "pod")} ready`);
}
