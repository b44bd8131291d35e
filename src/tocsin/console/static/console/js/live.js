// Live screens. An element says what it wants to hear of and where its newest content is:
//   data-live-topic="ticket:T-1 incident:I-2"   topics of events
//   data-live-url="/…"                          answers with the element's inner HTML
//   data-live-insert="end | replace"            how it comes in
// Lists are told in digests (livelist.js), and so are numbers: data-number="desk:open".
// Nothing jumps: what arrives while the reader is busy announces itself and waits to be let in.
import { all, announce, fetchHtml, isTyping, one, parse, say, scrollerOf, settled } from "./dom.js";
import { forgetLists, listsSince, tell } from "./livelist.js";
import { showPill } from "./pill.js";
import { here } from "./presence.js";
import { tick } from "./times.js";
import { toast } from "./toasts.js";

const topicsOf = (element) => element.dataset.liveTopic.split(/\s+/);
const hears = (element, topics) => topicsOf(element).some((wanted) => topics.includes(wanted));

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
  const pane = scrollerOf(thread);
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

const kinds = { end: refreshEnd, replace: refreshWhole };
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

// --- What is heard ---------------------------------------------------------------------------------

const heard = (topics) => all("[data-live-topic][data-live-url]").filter((element) => hears(element, topics)).forEach(refresh);

function showNumbers(numbers) {
  for (const [name, value] of Object.entries(numbers)) {
    all(`[data-number="${CSS.escape(name)}"]`).forEach((place) => { place.textContent = value; place.hidden = !value; });
  }
}

function digested({ topic, items, numbers }) {
  showNumbers(numbers);
  tell(topic, items);
  if (items.length) heard([topic]);
}

function reload() {
  const last = Number(sessionStorage.getItem("tocsin:reset") || 0);
  sessionStorage.setItem("tocsin:reset", Date.now());
  forgetLists();
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
    // A list that was kept from the page before knows less than this page.
    const since = listsSince();
    if (since) this.address.searchParams.set("since", since);
    this.lost = 0;
    this.open();
  }

  open() {
    this.source = new EventSource(this.address);
    const on = (name, act) => this.source.addEventListener(name, (event) => { this.remember(event); act(JSON.parse(event.data)); });
    on("live", ({ topics }) => heard(topics));
    on("digest", digested);
    on("presence", here);
    this.source.addEventListener("reset", () => { this.close(); reload(); });
    this.source.addEventListener("open", () => this.connected());
    this.source.addEventListener("error", () => this.failed());
  }

  close() {
    this.source.close();
    document.body.dataset.liveState = "closed";
  }

  get since() {
    return this.address.searchParams.get("since");
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

let stream = null;

/** Up to where this page knows everything. */
export const known = () => stream?.since;

function connect(address) {
  stream = new Stream(address);
  document.addEventListener("visibilitychange", () => stream.sleep());
  window.addEventListener("pagehide", () => stream.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) stream.open(); });
}

export function startLive() {
  // A conversation opens at its end, where the news is.
  all('[data-live-insert="end"]').forEach((thread) => { if (!location.hash) scrollerOf(thread).scrollTop = scrollerOf(thread).scrollHeight; });
  document.addEventListener("focusout", (event) => {
    const late = event.target.closest?.("[data-live-late]");
    if (late) { delete late.dataset.liveLate; refresh(late); }
  });
  if (document.body.dataset.live) connect(document.body.dataset.live);
}
