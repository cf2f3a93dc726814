// One tooltip for the page: the text of `data-tip` beside what is pointed at or has the focus.

const tip = document.getElementById("tip");
let owner = null;

function open(target) {
  owner = target.closest?.("[data-tip]") ?? null;
  refreshTip();
}

function close() {
  owner = null;
  tip.hidden = true;
}

/** Bring an open tooltip up to date, because the data below it has moved on. */
export function refreshTip() {
  if (!owner) {
    tip.hidden = true;
    return;
  }
  if (!owner.isConnected) return close();
  if (tip.textContent !== owner.dataset.tip) tip.textContent = owner.dataset.tip;
  tip.hidden = tip.textContent === "";
  if (tip.hidden) return;
  const place = owner.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = tip;
  const below = place.bottom + 6 + height < innerHeight;
  tip.style.left = `${Math.max(8, Math.min(place.left, innerWidth - width - 8))}px`;
  tip.style.top = `${Math.max(8, below ? place.bottom + 6 : place.top - height - 6)}px`;
}

document.addEventListener("pointerover", event => open(event.target));
document.addEventListener("focusin", event => open(event.target));
document.addEventListener("focusout", close);
document.addEventListener("click", close);
document.addEventListener("scroll", close, { capture: true, passive: true });
document.addEventListener("keydown", event => { if (event.key === "Escape") close(); });
