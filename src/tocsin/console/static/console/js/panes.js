// The window never scrolls, its panes do. With nothing focused, the keys that scroll are the main pane's.
import { one } from "./dom.js";

const SCROLLING = new Set(["PageDown", "PageUp", "Home", "End", "ArrowDown", "ArrowUp", " "]);

/** Whether the reader is nowhere in particular. */
export const isNowhere = () => !document.activeElement || document.activeElement.matches("body, main, [data-unasked]");

/** The pane gets the focus before the browser looks for what to scroll; a ring would speak of a choice nobody made. */
function lend(event) {
  if (!SCROLLING.has(event.key) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!isNowhere() || one("dialog[open]")) return;
  const pane = one("#main .pane-body");
  if (!pane || pane === document.activeElement) return;
  pane.dataset.unasked = "";
  pane.addEventListener("blur", () => delete pane.dataset.unasked, { once: true });
  pane.focus({ preventScroll: true });
}

export function startPanes() {
  document.addEventListener("keydown", lend);
}
