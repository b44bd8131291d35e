// The command palette: Ctrl K, type, Enter.
import { all, fetchHtml, one, parse, settled } from "./dom.js";
import { open } from "./popups.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function matches(entry, words) {
  const text = fold(entry.textContent);
  return words.every((word) => text.includes(word));
}

function choose(palette, entry) {
  all(".palette-entry", palette).forEach((line) => line.setAttribute("aria-selected", String(line === entry)));
  const input = one("input", palette);
  if (entry) input.setAttribute("aria-activedescendant", entry.id);
  else input.removeAttribute("aria-activedescendant");
  entry?.scrollIntoView({ block: "nearest" });
}

const shown = (palette) => all(".palette-entry:not([hidden])", palette);

function filter(palette) {
  const typed = one("input", palette).value.trim();
  const words = fold(typed).split(/\s+/).filter(Boolean);
  all(".palette-entry:not([data-palette-search], [data-palette-result])", palette).forEach((entry) => { entry.hidden = !matches(entry, words); });
  const search = one("[data-palette-search]", palette);
  if (search) {
    search.hidden = !typed;
    search.href = search.dataset.paletteSearch + encodeURIComponent(typed);
    one("[data-palette-words]", search).textContent = typed;
  }
  choose(palette, shown(palette)[0]);
  if (!typed) place(palette, parse(""));
}

function place(palette, lines) {
  const chosen = one("[aria-selected=true]", palette);
  one("[data-palette-found]", palette)?.replaceChildren(lines);
  const stays = chosen?.isConnected && !chosen.hidden && !chosen.matches("[data-palette-search]");
  choose(palette, stays ? chosen : shown(palette)[0]);
}

/** Tickets, customers and the like; what comes after one has typed on is not shown. */
async function find(palette) {
  const typed = one("input", palette).value.trim();
  const found = one("[data-palette-found]", palette);
  if (!found || !typed) return;
  try {
    const lines = parse(await fetchHtml(found.dataset.paletteFound + encodeURIComponent(typed)));
    if (one("input", palette).value.trim() === typed) place(palette, lines);
  } catch { place(palette, parse("")); }
}

function steer(event, palette) {
  const entries = shown(palette);
  const at = entries.findIndex((entry) => entry.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { event.preventDefault(); choose(palette, entries[(at + step + entries.length) % entries.length]); }
  if (event.key === "Enter") { event.preventDefault(); entries[at]?.click(); }
}

export function startPalette() {
  const palette = one("[data-palette]");
  if (!palette) return;
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    open("palette");
  });
  const findSoon = settled(() => find(palette), 160, 600);
  palette.addEventListener("input", () => { filter(palette); findSoon(); });
  palette.addEventListener("keydown", (event) => steer(event, palette));
  new MutationObserver(() => { if (palette.open) { one("input", palette).value = ""; filter(palette); } }).observe(palette, { attributeFilter: ["open"] });
}
