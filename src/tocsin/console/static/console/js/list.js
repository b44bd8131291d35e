// Rows: moving by j and k, selecting by x, ranges by shift, all by one click.
import { all, one, announce, say } from "./dom.js";

const rows = () => all("[data-row]");
const box = (row) => one(".row-pick input", row);
let lastPicked = null;

/** The row one is on: the focused one, else the one that is open beside the list. */
export function currentRow() {
  return document.activeElement?.closest?.("[data-row]") || one("[data-row][data-current]");
}

export function move(step) {
  const list = rows();
  const at = list.indexOf(currentRow());
  const next = list[at < 0 ? 0 : Math.max(0, Math.min(list.length - 1, at + step))];
  if (!next) return;
  one(".row-link", next).focus();
  next.scrollIntoView({ block: "nearest" });
}

/** Without a current row, the first one. */
export function openCurrent() {
  one(".row-link", currentRow() ?? document)?.click();
}

export function pick(toHere) {
  const row = currentRow();
  if (!row || !box(row)) return;
  if (toHere && lastPicked) pickRange(lastPicked, row);
  else { box(row).checked = !box(row).checked; lastPicked = row; }
  changed();
}

function pickRange(from, to) {
  const list = rows();
  const [start, end] = [list.indexOf(from), list.indexOf(to)].sort((a, b) => a - b);
  list.slice(Math.max(0, start), end + 1).forEach((row) => { box(row).checked = true; });
}

export const picked = () => all(".row-pick input:checked");

function changed() {
  const count = picked().length;
  all("[data-selecting-list]").forEach((list) => list.toggleAttribute("data-selecting", count > 0));
  all("[data-picked-count]").forEach((place) => { place.textContent = say("selected", count); });
  all("[data-pick-all]").forEach((every) => {
    every.checked = count > 0 && count === rows().length;
    every.indeterminate = count > 0 && count < rows().length;
  });
  if (count) announce(say("selected", count));
}

export function unpick() {
  picked().forEach((input) => { input.checked = false; });
  changed();
}

function clicked(event) {
  const input = event.target;
  if (!input.matches(".row-pick input")) return;
  const row = input.closest("[data-row]");
  if (event.shiftKey && lastPicked) pickRange(lastPicked, row);
  lastPicked = row;
  changed();
}

export function startList() {
  document.addEventListener("click", clicked);
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-pick-all]")) return;
    rows().forEach((row) => { box(row).checked = event.target.checked; });
    changed();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-unpick]")) unpick(); });
  // Showing that it is on its way: a slow page still answers at once.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".row-link");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    all("[data-row][data-current]").forEach((row) => row.removeAttribute("data-current"));
    link.closest("[data-row]").setAttribute("data-current", "");
  });
  one("[data-row][data-current]")?.scrollIntoView({ block: "nearest" });
  changed();
}
