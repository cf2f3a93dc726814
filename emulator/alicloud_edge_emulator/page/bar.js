// The bar of instances by version and state, and the line of counts that says the same in letters.

import { keyed, make, setAttribute, setText } from "./dom.js";
import { byVersion, glyph } from "./words.js";

const ROOM_FOR_LETTER = 0.05;
const ROOM_FOR_VERSION = 0.14;

/** Bring a bar up to date. `labelled` writes the version into every part that has room for it. */
export function updateBar(bar, groups, marks, labelled = false) {
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  keyed(bar, groups, group => group.key, () => make("span", "part", make("span")), (part, group) => {
    const mark = marks.get(group.version);
    setAttribute(part, "class", `part tone-${mark?.tone ?? "none"}`);
    setAttribute(part, "data-state", group.state);
    const grow = String(group.count);
    if (part.style.flexGrow !== grow) part.style.flexGrow = grow;
    setText(part.firstChild, labelled && mark ? label(group, mark, group.count / total) : "");
  });
}

function label({ version, state }, { letter }, share) {
  if (share < ROOM_FOR_LETTER) return "";
  return [letter, share < ROOM_FOR_VERSION ? "" : version, glyph(state)].filter(Boolean).join(" ");
}

/**
 * Bring a line of counts up to date: for each version its letter, where wanted its name, and then `words(group)`
 * for each of its groups.
 */
export function updateCounts(line, groups, marks, words, named = false) {
  keyed(line, byVersion(groups), item => item.version, () => make("span", "version-counts", make("b"), make("span", "version-name"), make("span", "each")), (node, item) => {
    const mark = marks.get(item.version);
    const [letter, name, each] = node.children;
    setText(name, named ? item.version : "");
    setAttribute(letter, "class", `letter tone-${mark?.tone ?? "none"}`);
    setText(letter, mark?.letter ?? "–");
    keyed(each, item.groups, group => group.state, () => make("span", "count"), (node, group) => {
      setAttribute(node, "data-state", group.state);
      setText(node, words(group));
    });
  });
}
