// A drafted text follows the choices until somebody writes their own. The server knows what was written when
// it was asked; what was typed since then stays too.
const lines = (field) => field.value.replaceAll("\r\n", "\n").trim();

function isTouched(place) {
  const field = place.querySelector("textarea, input:not([type=hidden])");
  const draft = place.querySelector("[name^=draft_]");
  if (!field || !draft) return false;
  return field === document.activeElement || (lines(field) !== "" && lines(field) !== lines(draft));
}

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (isTouched(event.detail.target)) event.detail.shouldSwap = false;
});
