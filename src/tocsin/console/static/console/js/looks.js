// Theme and rail change at once; the cookie is the same one that the plain form sets.
import { all, one } from "./dom.js";

const YEAR_S = 365 * 86400;

const appliers = {
  theme: (value) => {
    if (value === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.dataset.theme = value;
    all('[data-look="theme"]').forEach((button) => button.value === value ? button.setAttribute("aria-current", "true") : button.removeAttribute("aria-current"));
  },
  rail: (value, button) => {
    one(".shell").dataset.rail = value;
    button.value = value === "collapsed" ? "open" : "collapsed";
  },
};

export function startLooks() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-look]");
    if (!button) return;
    event.preventDefault();
    document.cookie = `tocsin_${button.dataset.look}=${button.value}; path=/; max-age=${YEAR_S}; samesite=lax`;
    appliers[button.dataset.look](button.value, button);
    button.closest("details")?.removeAttribute("open");
  });
}
