// What one types is not lost, and what one sends is sent once.
import { all, one, say, announce } from "./dom.js";
import { drop, forgetSent, keyOf, read, rememberSent, sweep, write } from "./keeping.js";
import { toast } from "./toasts.js";
import { keep, keptForms, placeOf } from "./whole_forms.js";

const KEEP_MS = 14 * 86400e3;
const place = (element) => keyOf("draft", element.dataset.draft);

function saveDraft(element) {
  if (element.value.trim()) write("localStorage", place(element), { text: element.value, at: Date.now() });
  else drop("localStorage", place(element));
}

// What the server put there stands, unless it is only its own proposal (`data-draft-over`).
const taken = (element) => element.value && !element.hasAttribute("data-draft-over");

function restoreDraft(element) {
  const kept = read("localStorage", place(element));
  if (!kept || taken(element)) return;
  element.value = kept.text;
  announce(say("restored"));
}

/** The server shows the form again with the text in it when it could not take it. */
function shownAgain() {
  const forms = keptForms().filter((form) => "keepsShown" in form.dataset);
  return new Set([...all("[data-draft]").filter(taken).map(place), ...forms.map(placeOf)]);
}

function noteSending(form) {
  const isWhole = form.matches("[data-keeps]");
  if (isWhole) keep(form);
  rememberSent([...all("[data-draft]", form).map(place), ...(isWhole ? [placeOf(form)] : [])]);
}

function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.method === "get") return;
  if (form.hasAttribute("data-sending")) { event.preventDefault(); return; }
  form.setAttribute("data-sending", "");
  event.submitter?.setAttribute("data-pressed", "");
  announce(say("sending"));
  noteSending(form);
}

function free() {
  all("form[data-sending]").forEach((form) => form.removeAttribute("data-sending"));
  all("[data-pressed]").forEach((button) => button.removeAttribute("data-pressed"));
}

function grow(element) {
  if (CSS.supports("field-sizing", "content")) return;
  element.rows = Math.min(24, Math.max(4, element.value.split("\n").length + 1));
}

/** Files cannot be kept as a draft, so leaving with some chosen is asked about. */
function guard(event) {
  const chosen = all("form:not([data-sending]) input[type=file]").some((input) => input.files.length);
  if (chosen) { event.preventDefault(); event.returnValue = say("leave"); }
}

function showFiles(input) {
  const shown = one("[data-files]", input.form);
  if (shown) shown.textContent = [...input.files].map((file) => file.name).join(", ");
}

export function startForms() {
  forgetSent(shownAgain());
  sweep("localStorage", "draft", KEEP_MS);
  all("[data-draft]").forEach(restoreDraft);
  document.addEventListener("input", (event) => {
    const element = event.target;
    if (element.matches("[data-draft]")) saveDraft(element);
    if (element.matches("textarea")) grow(element);
    if (element.matches("input[type=file]")) showFiles(element);
  });
  document.addEventListener("submit", sendOnce);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
      const button = one("[type=submit], button:not([type])", event.target.form);
      event.target.form.requestSubmit(button);
    }
  });
  window.addEventListener("pageshow", free);
  window.addEventListener("beforeunload", guard);
  window.addEventListener("offline", () => toast(say("offline")));
}
