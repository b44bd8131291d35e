// A customer's HTML stands in a frame without scripts. We give the frame the height of its content, hear its
// keys, and open its history by key.
import { all, one } from "./dom.js";

const HIGHEST_PX = 8000;
const SCROLLBAR_PX = 16;
const MARGIN_PX = 16;
const SETTLING_MS = 4000;

let touched = false;

function heightOf(root, body) {
  const wide = root.scrollWidth > root.clientWidth ? SCROLLBAR_PX : 0;
  return Math.min(HIGHEST_PX, Math.ceil(body.getBoundingClientRect().height) + wide);
}

/** A conversation opens at its end while the frames arrive; a last message that is long shows its beginning. */
function stayAtEnd(pane) {
  pane.scrollTop = pane.scrollHeight;
  const last = all("article[data-entry]", pane).at(-1);
  const above = last ? pane.getBoundingClientRect().top - last.getBoundingClientRect().top + MARGIN_PX : 0;
  if (above > 0) pane.scrollTop -= above;
}

function fit(frame) {
  const root = frame.contentDocument?.documentElement;
  const body = frame.contentDocument?.body;
  if (!body) return;
  const height = String(heightOf(root, body));
  if (frame.height === height || height === "0") return;
  const pane = frame.closest(".pane-body");
  const settles = pane && !touched && !location.hash && performance.now() < SETTLING_MS && pane.scrollHeight - pane.scrollTop - pane.clientHeight < 8;
  frame.height = height;
  if (settles) stayAtEnd(pane);
}

/** Keys that mean something on the page mean it in the frame, too; those that move in it stay there. */
function passOn(event, frame) {
  if (event.key === " " || (event.key.length > 1 && event.key !== "Escape")) return;
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  const again = new KeyboardEvent("keydown", { key, ctrlKey, metaKey, altKey, shiftKey, bubbles: true, cancelable: true });
  if (!frame.dispatchEvent(again)) event.preventDefault();
}

function watch(frame) {
  const inner = frame.contentDocument;
  if (!inner?.body || inner.body.dataset.watched) return;
  inner.body.dataset.watched = "";
  new ResizeObserver(() => fit(frame)).observe(inner.body);
  inner.addEventListener("keydown", (event) => passOn(event, frame));
  fit(frame);
}

export function startFrames() {
  // `load` does not bubble: it is caught on its way down. What was quicker than we are is watched at once.
  document.addEventListener("load", (event) => { if (event.target.matches?.(".message-frame")) watch(event.target); }, true);
  all(".message-frame").forEach((frame) => { if (frame.contentDocument?.readyState === "complete" && frame.contentDocument.URL !== "about:blank") watch(frame); });
  document.addEventListener("unfold", (event) => {
    const control = one(".t-history > summary", event.target.contentDocument ?? undefined);
    control?.click();
    control?.focus();
  });
  const now = () => { touched = true; };
  for (const kind of ["wheel", "pointerdown", "keydown", "touchstart"]) document.addEventListener(kind, now, { passive: true, capture: true });
}
