// Toasts leave by themselves, unless one is being read or focused, or lies under a newer one.
import { all, one, say } from "./dom.js";

const STAY_MS = 9000;

function leave(toast) {
  if (!toast.isConnected) return;
  if (getComputedStyle(toast).visibility === "hidden") setTimeout(() => leave(toast), STAY_MS);
  else if (toast.matches(":hover, :focus-within")) setTimeout(() => leave(toast), 2000);
  else toast.remove();
}

function settle(toast) {
  if (toast.dataset.settled) return;
  toast.dataset.settled = "1";
  setTimeout(() => leave(toast), STAY_MS);
}

/** Say something that needs no act. */
export function toast(text) {
  const element = document.createElement("div");
  element.className = "toast";
  element.dataset.toast = "";
  element.role = "status";
  const words = document.createElement("span");
  words.className = "toast-text";
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button";
  close.dataset.dismiss = "";
  close.textContent = say("close");
  element.append(words, close);
  one("[data-toasts]")?.append(element);
  settle(element);
}

export function startToasts() {
  all("[data-toast]").forEach(settle);
  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest("[data-toast], .banner")?.remove();
  });
  document.body.addEventListener("htmx:afterSettle", () => all("[data-toast]").forEach(settle));
  for (const name of ["htmx:sendError", "htmx:responseError"]) document.body.addEventListener(name, () => toast(say("failed")));
}
