// Small tools to keep nodes in step with data. Nodes are made once and then changed in place, so that focus,
// selection, scroll position and whatever is unfolded stay as they are.

/** An element with a class, a text and children. */
export function make(tag, className = "", ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** Set a node's text, if it is another one. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Set an attribute, or take it away with null, if it is another one. */
export function setAttribute(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

/** Show or hide a node. */
export function show(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

const kept = new WeakMap();

/**
 * Let the children that this function made in a parent be those of a list, in its order: each item has a key,
 * is made once by `create(item)` and brought up to date by `update(node, item)`.
 */
export function keyed(parent, items, key, create, update) {
  const before = kept.get(parent) ?? new Map();
  const wanted = new Map(items.map(item => [key(item), item]));
  const after = new Map();
  for (const [id, node] of before) if (!wanted.has(id)) node.remove();
  kept.set(parent, after);
  for (const [id, item] of wanted) after.set(id, before.get(id) ?? create(item));
  let last = null;
  for (const node of after.values()) {
    const place = last ? last.nextSibling : parent.firstChild;
    if (!skipped(place, node)) parent.insertBefore(node, place);
    last = node;
  }
  for (const [id, item] of wanted) update(after.get(id), item);
}

/** Whether only nodes that are not kept by key (such as an unfolded panel) stand between a place and a node. */
function skipped(place, node) {
  let step = place;
  while (step && step !== node && step.dataset?.loose !== undefined) step = step.nextSibling;
  return step === node;
}

const numbers = new Intl.NumberFormat("en");

/** A number as people write it: 100,000. */
export const count = number => numbers.format(number);

/** A number with its noun: 1 region, 2 regions. */
export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
