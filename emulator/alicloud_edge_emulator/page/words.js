// What a state is called, and how a version is marked: by a letter and a tone, never by colour alone.

const STATES = {
  SUCCESS: { glyph: "", words: "run" },
  DISTING: { glyph: "→", words: "on the way to" },
  POD_RESTARTING: { glyph: "↻", words: "restarting with" },
  PUSHING: { glyph: "→", words: "being pushed:" },
  FAILED: { glyph: "✕", words: "failed with" },
  DELETED: { glyph: "∅", words: "removed:" },
  NONE: { glyph: "", words: "without data" },
};
const TONES = 6;

export const glyph = state => STATES[state].glyph;
export const isMoving = state => state === "DISTING" || state === "POD_RESTARTING" || state === "PUSHING";

/** The marks of a data file's versions, in the order of their appearance: A, B, … Z, AA, … */
export function marks(versions) {
  return new Map(versions.map((version, index) => [version, { letter: letter(index), tone: index % TONES }]));
}

function letter(index) {
  const rest = String.fromCharCode(65 + (index % 26));
  return index < 26 ? rest : letter(Math.floor(index / 26) - 1) + rest;
}

/** A count in words: `3 on the way to 1.5`. */
export function said({ version, state, runs, count }) {
  const below = state !== "SUCCESS" && runs && runs !== version ? ` (still run ${runs})` : "";
  return state === "NONE" ? `${count} without data` : `${count} ${STATES[state].words} ${version}${below}`;
}

/** Cells of the same version and state as one, and those of instances that have nothing yet; failures last. */
export function grouped(cells, instances) {
  const groups = new Map();
  let known = 0;
  for (const { version, state, count } of cells) {
    known += count;
    const key = `${version} ${state}`;
    const group = groups.get(key) ?? { key, version, state, count: 0 };
    group.count += count;
    groups.set(key, group);
  }
  if (known < instances) groups.set("", { key: "", version: "", state: "NONE", count: instances - known });
  return groups;
}

/** Ordered groups, those of one version together. */
export function byVersion(groups) {
  const found = new Map();
  for (const group of groups) {
    const same = found.get(group.version) ?? { version: group.version, groups: [] };
    same.groups.push(group);
    found.set(group.version, same);
  }
  return [...found.values()];
}

const ORDER = ["SUCCESS", "POD_RESTARTING", "DISTING", "FAILED", "DELETED", "NONE"];

/** Groups from left to right: what runs by age of its version, what moves, what failed, what has nothing. */
export function ordered(groups, versions) {
  return [...groups.values()].sort(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || versions.indexOf(a.version) - versions.indexOf(b.version));
}
