// Dialogs, drawers and menus: native elements, opened by data-opens="ID", closed as people expect.
import { all, one } from "./dom.js";

export function open(id) {
  const target = document.getElementById(id);
  if (!target) return;
  if (target instanceof HTMLDialogElement) { if (!target.open) target.showModal(); }
  else if (target instanceof HTMLDetailsElement) target.open = true;
  else target.toggleAttribute("data-open");
  one("[autofocus], input:not([type=hidden]), textarea, button", target)?.focus();
}

const closeMenus = (except) => all("details.menu[open]").forEach((menu) => { if (menu !== except && !menu.contains(except)) menu.open = false; });

function moveInMenu(event) {
  const menu = event.target.closest("details.menu[open]");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!menu || !step) return;
  const items = all(".menu-item", menu);
  const next = items[(items.indexOf(document.activeElement) + step + items.length) % items.length];
  next?.focus();
  event.preventDefault();
}

function escape(event) {
  if (event.key !== "Escape") return;
  const menu = one("details.menu[open]");
  if (menu) { menu.open = false; one("summary", menu).focus(); event.stopPropagation(); return; }
  const drawer = one(".pane-panel[data-open]");
  if (drawer) { drawer.removeAttribute("data-open"); one("[data-opens='" + drawer.id + "']")?.focus(); }
}

export function startPopups() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) { event.preventDefault(); open(opener.dataset.opens); }
    const closer = event.target.closest("[data-closes]");
    if (closer) { event.preventDefault(); document.getElementById(closer.dataset.closes)?.removeAttribute("data-open"); }
    if (event.target instanceof HTMLDialogElement) event.target.close(); // the backdrop
    closeMenus(event.target.closest("details.menu"));
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.menu[open]")) (one(".menu-item[aria-current]", event.target) || one(".menu-item, input:not([type=hidden])", event.target))?.focus();
  }, true);
  document.addEventListener("keydown", moveInMenu);
  document.addEventListener("keydown", escape);
}
