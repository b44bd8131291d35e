// A whole form (`form[data-keeps="NAME"]`), every choice and text of it, is kept in this tab until the server has
// taken it: a session that ends, or a page that was open for too long, costs nobody what they wrote.
import { all, announce, one, say } from "./dom.js";
import { drop, keyOf, read, sweep, write } from "./keeping.js";

const KEEP_MS = 3600e3;
// What belongs to the page that is shown, not to what was written.
const OF_THE_PAGE = new Set(["csrfmiddlewaretoken", "known_through", "once"]);

export const placeOf = (form) => keyOf("form", form.dataset.keeps);
export const keptForms = (root = document) => all("form[data-keeps]", root);

export function keep(form) {
  const entries = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !OF_THE_PAGE.has(name));
  write("sessionStorage", placeOf(form), { entries, at: Date.now() });
}

const isBox = (field) => field.type === "checkbox" || field.type === "radio";
const isTouched = (field) => {
  if (isBox(field)) return field.checked !== field.defaultChecked;
  return field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue;
};

function fill(form, entries) {
  const values = new Map();
  for (const [name, value] of entries) values.set(name, [...(values.get(name) || []), value]);
  for (const field of form.elements) {
    if (!field.name || OF_THE_PAGE.has(field.name) || field.type === "file") continue;
    const kept = values.get(field.name) || [];
    if (isBox(field)) field.checked = kept.includes(field.value);
    else if (kept.length) field.value = kept.shift();
  }
  // Tickets picked from a list come with the page that the list opens, and that page is gone.
  for (const value of values.get(form.dataset.keepsHidden) || []) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: form.dataset.keepsHidden, value }));
  }
}

/** What the server shows again (`data-keeps-shown`) stands, and so does what was written before we came. */
function restore(form) {
  const kept = read("sessionStorage", placeOf(form));
  if (!kept || "keepsShown" in form.dataset || [...form.elements].some(isTouched)) return;
  fill(form, kept.entries);
  const said = one("[data-restored]", form.parentElement);
  if (said) said.hidden = false;
  announce(say("restored"));
}

function anew(event) {
  const form = one(`form[data-keeps="${event.target.closest?.("[data-forgets]")?.dataset.forgets}"]`);
  if (form) drop("sessionStorage", placeOf(form));
}

export function startWholeForms() {
  sweep("sessionStorage", "form", KEEP_MS);
  keptForms().forEach(restore);
  const changed = (event) => { const form = event.target.closest?.("form[data-keeps]"); if (form) keep(form); };
  document.addEventListener("input", changed);
  document.addEventListener("change", changed);
  document.addEventListener("click", anew);
}
