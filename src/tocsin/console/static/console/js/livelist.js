// Lists that are told of changes:
//   <ul data-list="TOPIC" data-view="open" data-url="/…"> with rows [data-row][data-v]
// The server says which rows changed, and the list marks them; it asks for them when the reader comes to the list,
// and for new ones when the reader lets them in. What somebody else does is never a reason to ask.
// A list beside a page is empty when it comes (data-kept): it stays as it was on the page before.
import { all, announce, fetchHtml, isTyping, one, parse, say, scrollerOf, settled } from "./dom.js";
import { known as knownUpTo } from "./live.js";
import { pillOf, showPill } from "./pill.js";
import { tick } from "./times.js";

const FULL_PAGE = 50;
const KEPT_MS = 15 * 60 * 1000;
const lists = () => all("[data-list]");
const keyOf = (row) => row.dataset.row;
const rowsIn = (root) => all(":scope > [data-row]", root);
const arrived = new WeakMap();
const newIn = (list) => arrived.get(list) ?? arrived.set(list, new Set()).get(list);

// --- What is told ----------------------------------------------------------------------------------

const belongs = (list, item) => item.in.includes(list.dataset.view) && (!("filtered" in list.dataset) || item.in.includes("passes"));

/** Below the last row of a full page nothing new is seen. */
function isInReach(list, item) {
  const rows = rowsIn(list);
  const last = rows.length >= FULL_PAGE && one("time.age", rows.at(-1));
  return !last || item.at * 1000 >= Date.parse(last.dateTime);
}

function setUnread(row, unread) {
  if (row.hasAttribute("data-unread") === unread) return;
  row.toggleAttribute("data-unread", unread);
  const link = one(".row-link", row);
  const words = `, ${say("unread")}`;
  const label = link.getAttribute("aria-label").replace(words, "");
  link.setAttribute("aria-label", unread ? label + words : label);
}

function tellOne(list, item) {
  const row = rowsIn(list).find((one) => keyOf(one) === item.key);
  const isThere = belongs(list, item);
  if (row) {
    setUnread(row, item.unread);
    if (row.dataset.v !== item.v || !isThere) row.dataset.stale = "";
  } else if (isThere && isInReach(list, item)) newIn(list).add(item.key);
  else newIn(list).delete(item.key);
}

export function tell(topic, items) {
  for (const list of lists().filter((one) => one.dataset.list === topic && "view" in one.dataset)) {
    const before = newIn(list).size;
    items.forEach((item) => tellOne(list, item));
    if (newIn(list).size === before && !before) continue;
    showPill(list, newIn(list).size, () => letIn(list, true));
    if (newIn(list).size > before) announce(say("arrived", newIn(list).size));
  }
}

// --- What is asked for -----------------------------------------------------------------------------

const rowsOf = async (url) => all("[data-row]", parse(await fetchHtml(url)));

function carryOver(was, row) {
  if (one(".row-pick input", was)?.checked) one(".row-pick input", row).checked = true;
  if (was.hasAttribute("data-current")) markCurrent(row);
}

function markCurrent(row) {
  row.setAttribute("data-current", "");
  one(".row-link", row).setAttribute("aria-current", "page");
}

/** A row in place of the old one: it moves nothing, and keeps the focus. */
function replace(was, row) {
  const focused = was.contains(document.activeElement) && document.activeElement.className;
  carryOver(was, row);
  was.replaceWith(row);
  if (focused) one(`.${focused.split(" ")[0]}`, row)?.focus();
}

const asked = new WeakSet();

/** The reader came to the list: rows that changed are asked for, these only. */
async function touch(list) {
  const stale = rowsIn(list).filter((row) => "stale" in row.dataset).slice(0, FULL_PAGE);
  if (!stale.length || asked.has(list)) return;
  asked.add(list);
  try {
    const url = new URL(list.dataset.url, location.href);
    url.searchParams.set("refs", stale.map(keyOf).join(","));
    const fresh = new Map((await rowsOf(url)).map((row) => [keyOf(row), row]));
    for (const was of stale.filter((row) => row.isConnected)) {
      const row = fresh.get(keyOf(was));
      if (row) replace(was, row);
      else delete was.dataset.stale;
    }
    tick();
  } catch (error) {
    console.warn("a list could not be brought up to date", error);
  } finally {
    asked.delete(list);
  }
}

/** The new first page in place of the old rows that it covers; older ones and the focus are left alone. */
function letRowsIn(list, incoming) {
  const pane = scrollerOf(list);
  const anchor = rowsIn(list).find((row) => row.getBoundingClientRect().bottom > pane.getBoundingClientRect().top);
  const before = pane.scrollTop > 8 ? anchor?.getBoundingClientRect().top : null;
  const focused = document.activeElement?.closest?.("[data-row]");
  const old = new Map(rowsIn(list).map((row) => [keyOf(row), row]));
  const covered = new Set(incoming.map(keyOf));
  const lastCovered = Math.max(-1, ...rowsIn(list).map((row, at) => (covered.has(keyOf(row)) ? at : -1)));
  rowsIn(list).slice(0, lastCovered + 1).forEach((row) => { if (!covered.has(keyOf(row)) && row !== focused) row.remove(); });
  let place = list.firstElementChild;
  for (const row of incoming) {
    const was = old.get(keyOf(row));
    if (was) carryOver(was, row);
    else row.setAttribute("data-arrived", "");
    if (was && was === focused) { if (was !== place) list.insertBefore(was, place); place = was.nextElementSibling; continue; }
    if (was === place) place = place.nextElementSibling;
    was?.remove();
    list.insertBefore(row, place);
  }
  if (before !== null && before !== undefined && anchor?.isConnected) pane.scrollTop += anchor.getBoundingClientRect().top - before;
}

async function letIn(list, toTop) {
  const incoming = await rowsOf(list.dataset.url);
  letRowsIn(list, incoming);
  if (!incoming.length) rowsIn(list).forEach((row) => row.remove());
  newIn(list).clear();
  showPill(list, 0);
  showWhetherEmpty(list);
  if (toTop) scrollerOf(list).scrollTop = 0;
  tick();
}

function showWhetherEmpty(list) {
  const empty = one("[data-empty]", list.parentElement);
  if (empty) empty.hidden = rowsIn(list).length > 0;
}

// --- The list beside a page ------------------------------------------------------------------------

const PREFIX = "tocsin:list:";
const nameOf = (list) => `${PREFIX}${document.body.dataset.reader}:${list.dataset.url}`;
let keptSince = null;

export const listsSince = () => keptSince;

export function forgetLists() {
  Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX)).forEach((name) => sessionStorage.removeItem(name));
}

function keep(list) {
  if (!rowsIn(list).length || !knownUpTo()) return;
  const kept = { html: list.innerHTML, scroll: scrollerOf(list).scrollTop, since: knownUpTo(), at: Date.now() };
  try {
    forgetLists();
    sessionStorage.setItem(nameOf(list), JSON.stringify(kept));
  } catch { /* no room: the next page asks for its list */ }
}

function restored(list) {
  const kept = JSON.parse(sessionStorage.getItem(nameOf(list)) || "null");
  if (!kept || Date.now() - kept.at > KEPT_MS) return false;
  list.replaceChildren(parse(kept.html));
  keptSince = kept.since;
  scrollerOf(list).scrollTop = kept.scroll;
  return true;
}

/** Which row is open beside the list; it has been read by that. */
function showCurrent(list) {
  const key = list.dataset.currentKey;
  all("[data-current]", list).forEach((row) => { row.removeAttribute("data-current"); one(".row-link", row).removeAttribute("aria-current"); });
  all(".row-pick input:checked", list).forEach((box) => { box.checked = false; });
  const row = key && rowsIn(list).find((one) => keyOf(one) === key);
  if (!row) return;
  markCurrent(row);
  setUnread(row, false);
  row.scrollIntoView({ block: "nearest" });
}

async function fill(list) {
  if (!restored(list)) {
    try { (await rowsOf(list.dataset.url)).forEach((row) => list.append(row)); } catch (error) { console.warn("the list could not be fetched", error); }
  }
  showWhetherEmpty(list);
  showCurrent(list);
  tick();
}

/** At the top of the list, nothing selected, nothing being written, no menu open. */
function atEase(list) {
  return scrollerOf(list).scrollTop < 8 && !one(".row-pick input:checked", list) && !one("details.menu[open]") && !isTyping();
}

export function startLiveLists() {
  if (!document.body.dataset.reader) forgetLists();
  all("[data-list][data-kept]").forEach(fill);
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => { const list = event.target.closest?.(".pane-list")?.querySelector("[data-list]"); if (list) touch(list); });
  }
  document.addEventListener("scroll", settled(() => {
    lists().forEach((list) => { const pill = pillOf(list); if (pill && !pill.hidden && atEase(list)) pill.click(); });
  }, 200, 600), true);
  window.addEventListener("pagehide", () => lists().forEach(keep));
}
