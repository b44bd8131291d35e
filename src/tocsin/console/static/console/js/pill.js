// "3 new": what arrives announces itself and is let in by the reader.
import { one, say } from "./dom.js";

export const pillOf = (element) => one("[data-arrivals]", element.closest(".pane-body, .pane, body"));

export function showPill(element, count, letIn) {
  const pill = pillOf(element);
  if (!pill) return;
  pill.hidden = !count;
  if (!count) return;
  one("[data-arrivals-words]", pill).textContent = say("arrived", count);
  pill.onclick = () => { pill.hidden = true; letIn(); };
}
