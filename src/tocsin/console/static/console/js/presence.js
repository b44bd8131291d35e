// Who else is here, and who of them writes: <div data-presence> on a page whose place the server knows.
import { all, one, say } from "./dom.js";

const TELL_AGAIN_MS = 4000;

const initials = (name) => {
  const words = name.split("@")[0].match(/[\p{L}\p{N}_]+/gu) || ["?"];
  return words.slice(0, 1).concat(words.slice(1).slice(-1)).map((word) => [...word][0]).join("");
};

function chip({ name, writing }) {
  const whole = document.createElement("span");
  whole.className = "chip presence-one";
  whole.toggleAttribute("data-writing", writing);
  const sign = document.createElement("span");
  sign.className = "avatar avatar-staff avatar-small";
  sign.setAttribute("aria-hidden", "true");
  sign.textContent = initials(name);
  const words = document.createElement("span");
  words.textContent = say(writing ? "writes" : "looks").replace("%(name)s", name);
  whole.append(sign, words);
  return whole;
}

export function here({ people }) {
  all("[data-presence]").forEach((place) => {
    place.replaceChildren(...people.map(chip));
    place.hidden = !people.length;
  });
}

/** The others learn that one writes while one does, and no more often than they have to. */
function tellThatOneWrites() {
  const token = new URL(document.body.dataset.live, location.href).searchParams.get("token");
  fetch("/live", { method: "POST", body: token, credentials: "same-origin", keepalive: true }).catch(() => {});
}

export function startPresence() {
  if (!document.body.dataset.live || !one("[data-presence]")) return;
  let toldAt = 0;
  document.addEventListener("input", (event) => {
    if (!event.target.closest("[data-tells-presence]") || Date.now() - toldAt < TELL_AGAIN_MS) return;
    toldAt = Date.now();
    tellThatOneWrites();
  });
}
