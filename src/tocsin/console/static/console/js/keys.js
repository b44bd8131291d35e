// The keyboard. A page gives an element a key by data-key="r" or data-key="g i"; pressing it focuses
// a field, opens a menu, or clicks.
import { all, one, isTyping } from "./dom.js";
import { currentRow, move, openCurrent, pick, picked, unpick } from "./list.js";
import { isNowhere } from "./panes.js";
import { open } from "./popups.js";

let before = "";
let beforeAt = 0;

function act(element) {
  if (element.matches("iframe")) { element.dispatchEvent(new CustomEvent("unfold", { bubbles: true })); return; }
  if (element.matches("summary")) { element.click(); element.focus(); return; }
  if (element.matches("input[type=radio]")) { element.click(); one(`[data-focus-with="${element.value}"]`)?.focus(); return; }
  if (element.matches("input, textarea, select")) { element.focus(); element.select?.(); return; }
  element.click();
}

const visible = (element) => element.checkVisibility?.() ?? true;

/** The element of a key: of those in a conversation the one in the message one is at, else in the last. */
function byKey(key) {
  const every = all(`[data-key="${CSS.escape(key)}"]`);
  const free = every.filter((element) => !element.matches("input:checked"));
  const found = free.length ? free : every; // of two choices with one key the other; of one choice that one
  const shown = found.filter(visible);
  const here = document.activeElement?.closest("[data-entry]");
  return shown.find((element) => here?.contains(element)) || shown.findLast((element) => element.closest("[data-entry]")) || shown[0] || found[0];
}

const ours = {
  j: () => move(1),
  k: () => move(-1),
  x: () => pick(false),
  X: () => pick(true),
  "?": () => { listKeys(); open("keys"); },
};

function leaveOrBack() {
  if (isTyping()) { document.activeElement.blur(); return true; }
  if (picked().length) { unpick(); return true; }
  return false;
}

function pressed(event) {
  if (event.key === "Escape" && leaveOrBack()) return;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || one("dialog[open]")) return;
  if (event.key === "Enter" && isNowhere() && one("[data-row]")) { openCurrent(); return; }
  const sequence = Date.now() - beforeAt < 1200 ? `${before} ${event.key}` : "";
  const element = (sequence && byKey(sequence)) || byKey(event.key);
  before = event.key;
  beforeAt = Date.now();
  // `a` inside `g a` is the second key of a sequence, never the page's own `a`.
  if (element) { event.preventDefault(); before = ""; act(element); }
  else if (ours[event.key]) { event.preventDefault(); ours[event.key](); }
}

/** The page's own keys join the list in the `?` dialog. */
function listKeys() {
  const list = one("[data-keys-list]");
  all("[data-listed]", list).forEach((line) => line.remove());
  const seen = new Set();
  for (const element of all("[data-key][data-key-label]")) {
    if (seen.has(element.dataset.key)) continue;
    seen.add(element.dataset.key);
    list.append(line(element.dataset.keyLabel, element.dataset.key.split(" ")));
  }
}

function line(label, keys) {
  const row = document.createElement("div");
  row.dataset.listed = "";
  const term = document.createElement("dt");
  term.textContent = label;
  const value = document.createElement("dd");
  value.append(...keys.map((key) => Object.assign(document.createElement("kbd"), { textContent: key })));
  row.append(term, value);
  return row;
}

export function startKeys() {
  document.addEventListener("keydown", pressed);
}
