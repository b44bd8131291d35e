// A form asks for what the chosen way needs: a field named in `data-asked-if` decides, with one of the values in
// `data-asked-with` ("-" is the empty one). A field with an error stays to be seen.
import { all } from "./dom.js";

function isAsked(element) {
  const decides = element.form?.elements[element.dataset.askedIf];
  const value = decides?.type === "checkbox" ? String(decides.checked) : decides?.value ?? "";
  return element.dataset.askedWith.split(" ").includes(value || "-");
}

function look() {
  all("[data-asked-if]").forEach((element) => {
    const field = element.closest(".field");
    field.hidden = !isAsked(element) && !field.querySelector(".field-error");
  });
}

export function startAsked() {
  document.addEventListener("change", look);
  document.addEventListener("htmx:load", look);
  look();
}
