// A customer's HTML stands in a frame without scripts; we give the frame the height of its content.
import { all, one } from "./dom.js";

const HIGHEST_PX = 4000;

function fit(frame) {
  const root = frame.contentDocument?.documentElement;
  if (!root) return;
  frame.height = 0;
  frame.height = Math.min(HIGHEST_PX, Math.max(80, root.scrollHeight + 2));
}

export function startFrames() {
  // `load` does not bubble, and neither does `toggle`: both are caught on their way down.
  document.addEventListener("load", (event) => { if (event.target.matches?.(".message-frame")) fit(event.target); }, true);
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("[data-html-view][open]")) all(".message-frame", event.target).forEach(fit);
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-pictures]");
    const frame = link && one(".message-frame", link.closest("[data-html-view]"));
    if (!frame) return;
    event.preventDefault();
    frame.src = link.href;
    link.closest("p").remove();
  });
}
