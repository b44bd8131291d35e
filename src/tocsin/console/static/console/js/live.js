// Live screens. An element says what it wants to hear of and where its newest content is:
//   data-live-topic="queue incident:I-123"   topics, `kind:*` for all of a kind
//   data-live-url="/…"                       answers with the element's inner HTML (rows: the first page)
//   data-live-insert="rows | end | replace"  how it comes in
// Nothing jumps: what arrives while the reader is busy announces itself and waits to be let in.
import { all, announce, fetchHtml, isTyping, one, parse, say, settled } from "./dom.js";
import { tick } from "./times.js";
import { toast } from "./toasts.js";

const scroller = (element) => element.closest(".pane-body") || document.scrollingElement;
const topicsOf = (element) => element.dataset.liveTopic.split(/\s+/);
const hears = (element, topics) => topicsOf(element).some((wanted) => topics.some((topic) => topic === wanted || wanted === `${topic.split(":")[0]}:*`));

// --- Rows of a list --------------------------------------------------------------------------------

const keyOf = (node) => node.dataset.row;
const rowsIn = (root) => all(":scope > [data-row]", root);

/** At ease: at the top of the list, nothing selected, nothing being written, no menu open. */
function atEase(list) {
  return scroller(list).scrollTop < 8 && !one(".row-pick input:checked", list) && !one("details.menu[open]") && !isTyping();
}

function freshRows(list, incoming) {
  const known = new Set(rowsIn(list).map(keyOf));
  return incoming.filter((row) => !known.has(keyOf(row)));
}

/** Put the new first page in place of the old rows it covers, leaving older ones and the focus alone. */
function letRowsIn(list, incoming) {
  const pane = scroller(list);
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
    carryOver(was, row);
    if (!was) row.setAttribute("data-arrived", "");
    if (was && was === focused) { if (was !== place) list.insertBefore(was, place); place = was.nextElementSibling; continue; }
    if (was === place) place = place.nextElementSibling;
    was?.remove();
    list.insertBefore(row, place);
  }
  if (before !== null && before !== undefined && anchor?.isConnected) pane.scrollTop += anchor.getBoundingClientRect().top - before;
}

function carryOver(was, row) {
  if (!was) return;
  const picked = one(".row-pick input", was)?.checked;
  if (picked) one(".row-pick input", row).checked = true;
  if (was.hasAttribute("data-current")) row.setAttribute("data-current", "");
}

/** Changes of rows already shown may come in at any time: they move nothing. */
function renewInPlace(list, incoming) {
  const old = new Map(rowsIn(list).map((row) => [keyOf(row), row]));
  for (const row of incoming) {
    const was = old.get(keyOf(row));
    if (!was || was.contains(document.activeElement)) continue;
    carryOver(was, row);
    was.replaceWith(row);
  }
}

async function refreshRows(list) {
  const content = parse(await fetchHtml(list.dataset.liveUrl));
  const incoming = all("[data-row]", content);
  const empty = one("[data-empty]", list.parentElement);
  const fresh = freshRows(list, incoming);
  if (atEase(list)) {
    letRowsIn(list, incoming);
    if (!incoming.length) rowsIn(list).forEach((row) => row.remove());
    hidePill(list);
  } else {
    showPill(list, fresh.length, () => refreshRowsNow(list));
    renewInPlace(list, incoming);
  }
  if (empty) empty.hidden = rowsIn(list).length > 0;
  if (fresh.length) announce(say("arrived", fresh.length));
}

async function refreshRowsNow(list) {
  const content = parse(await fetchHtml(list.dataset.liveUrl));
  letRowsIn(list, all("[data-row]", content));
  scroller(list).scrollTop = 0;
  tick();
}

// --- The end of a conversation ---------------------------------------------------------------------

const atEnd = (pane) => pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80;

/** Small parts of what is there already that may have changed, such as how a letter fares on its way. */
function renew(thread, content) {
  const now = new Map(all("[data-renew]", content).map((part) => [part.dataset.renew, part]));
  for (const was of all("[data-renew]", thread)) {
    const part = now.get(was.dataset.renew);
    if (!part) continue;
    if (was.open) part.open = true;
    if (part.outerHTML === was.outerHTML) continue;
    const focusedAt = all("summary, button", was).indexOf(document.activeElement);
    was.replaceWith(part);
    if (focusedAt >= 0) all("summary, button", part)[focusedAt]?.focus();
  }
}

async function refreshEnd(thread) {
  const pane = scroller(thread);
  const content = parse(await fetchHtml(thread.dataset.liveUrl));
  const known = new Set(all("[data-entry]", thread).map((entry) => entry.dataset.entry));
  const fresh = all("[data-entry]", content).filter((entry) => !known.has(entry.dataset.entry));
  renew(thread, content);
  if (!fresh.length) return;
  const stay = atEnd(pane);
  thread.append(...fresh);
  const toEnd = () => pane.scrollTo({ top: pane.scrollHeight });
  if (stay) toEnd();
  else showPill(thread, fresh.length, toEnd);
  announce(say("arrived", fresh.length));
}

// --- A part that is shown anew ---------------------------------------------------------------------

async function refreshWhole(element) {
  // What one is typing in, or a menu one has open, is never replaced under one's hands.
  const busy = () => element.contains(document.activeElement) && (isTyping() || one("details[open]", element));
  if (busy()) { element.dataset.liveLate = "1"; return; }
  const html = await fetchHtml(element.dataset.liveUrl);
  if (busy()) return;
  const focusedAt = all("a, button, summary", element).indexOf(document.activeElement);
  element.replaceChildren(parse(html));
  if (focusedAt >= 0) all("a, button, summary", element)[focusedAt]?.focus();
  window.htmx?.process(element);
}

// --- Arrivals ---------------------------------------------------------------------------------------

const pillOf = (element) => one("[data-arrivals]", element.closest(".pane-body, .pane, body"));

function showPill(element, count, letIn) {
  const pill = pillOf(element);
  if (!pill || !count) return;
  one("[data-arrivals-words]", pill).textContent = say("arrived", count);
  pill.hidden = false;
  pill.onclick = () => { pill.hidden = true; letIn(); };
}

function hidePill(element) {
  const pill = pillOf(element);
  if (pill) pill.hidden = true;
}

const kinds = { rows: refreshRows, end: refreshEnd, replace: refreshWhole };
const askers = new WeakMap();

function refresh(element) {
  if (!askers.has(element)) askers.set(element, settled(() => run(element), 150, 1000));
  askers.get(element)();
}

async function run(element) {
  if (!element.isConnected) return;
  try {
    await kinds[element.dataset.liveInsert || "replace"](element);
    tick();
  } catch (error) {
    console.warn("live update failed", element.dataset.liveUrl, error);
  }
}

function heard(event) {
  const { topics } = JSON.parse(event.data);
  all("[data-live-topic][data-live-url]").filter((element) => hears(element, topics)).forEach(refresh);
}

function reload() {
  const last = Number(sessionStorage.getItem("tocsin:reset") || 0);
  sessionStorage.setItem("tocsin:reset", Date.now());
  // Twice within ten seconds would be a circle: stay, and say so.
  if (Date.now() - last > 10000) location.reload();
  else toast(say("offline"));
}

// Browsers open six connections to a server that speaks HTTP/1.1: a tab that nobody looks at gives its
// own back, and hears on its return what it missed.
const HIDDEN_MS = 20000;

class Stream {
  constructor(address) {
    this.address = new URL(address, location.href);
    this.lost = 0;
    this.open();
  }

  open() {
    this.source = new EventSource(this.address);
    this.source.addEventListener("live", (event) => { this.remember(event); heard(event); });
    this.source.addEventListener("reset", () => { this.close(); reload(); });
    this.source.addEventListener("open", () => this.connected());
    this.source.addEventListener("error", () => this.failed());
  }

  close() {
    this.source.close();
    document.body.dataset.liveState = "closed";
  }

  /** A part of what was heard may come again after a pause: showing it twice changes nothing. */
  remember(event) {
    if (event.lastEventId) this.address.searchParams.set("since", event.lastEventId);
  }

  connected() {
    if (this.lost > 2) toast(say("online"));
    this.lost = 0;
    document.body.dataset.liveState = "open";
  }

  failed() {
    this.lost += 1;
    document.body.dataset.liveState = "lost";
    if (this.lost === 3) toast(say("offline"));
    // Refused, not broken: after hours the token is old, and the next page brings a fresh one.
    if (this.source.readyState === EventSource.CLOSED) setTimeout(() => { if (!document.hidden) this.open(); }, 15000);
  }

  sleep() {
    clearTimeout(this.falling);
    if (document.hidden) this.falling = setTimeout(() => this.close(), HIDDEN_MS);
    else if (this.source.readyState === EventSource.CLOSED) this.open();
  }
}

function connect(address) {
  const stream = new Stream(address);
  document.addEventListener("visibilitychange", () => stream.sleep());
  window.addEventListener("pagehide", () => stream.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) stream.open(); });
}

export function startLive() {
  // A conversation opens at its end, where the news is.
  all('[data-live-insert="end"]').forEach((thread) => { if (!location.hash) scroller(thread).scrollTop = scroller(thread).scrollHeight; });
  document.addEventListener("scroll", settled(() => {
    all('[data-live-insert="rows"]').forEach((list) => { const pill = pillOf(list); if (pill && !pill.hidden && atEase(list)) pill.click(); });
  }, 200, 600), true);
  document.addEventListener("focusout", (event) => {
    const late = event.target.closest?.("[data-live-late]");
    if (late) { delete late.dataset.liveLate; refresh(late); }
  });
  if (document.body.dataset.live) connect(document.body.dataset.live);
}
