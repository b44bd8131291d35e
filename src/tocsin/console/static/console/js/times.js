// Ages and countdowns tick; the server wrote them first, in the same words (console/times.py).
import { all, say } from "./dom.js";

const DAY_S = 86400;

function span(seconds) {
  if (seconds >= DAY_S) return say("days", Math.floor(seconds / DAY_S));
  if (seconds >= 3600) return say("hours", Math.floor(seconds / 3600));
  return say("minutes", Math.floor(seconds / 60));
}

function clockwork(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours, minutes, rest] = parts.map((part) => String(part).padStart(2, "0"));
  return parts[0] ? `${parts[0]}:${minutes}:${rest}` : `${parts[1]}:${rest}`;
}

function tickAge(element, now) {
  const seconds = Math.max(0, Math.floor((now - Date.parse(element.dateTime)) / 1000));
  const firstMinute = element.dataset.age;
  if (seconds >= 7 * DAY_S && !firstMinute) return;
  put(element, seconds < 60 ? say(firstMinute || "now") : span(seconds));
}

function tickDue(element, now) {
  const left = (Date.parse(element.dateTime) - now) / 1000;
  const seconds = Math.floor(Math.abs(left));
  const words = "precise" in element.dataset ? clockwork(seconds) : span(seconds);
  element.dataset.stage = left < 0 ? "late" : left < Number(element.dataset.near) ? "near" : "far";
  put(element.querySelector("[data-left]"), left < 0 ? `+${words}` : words);
}

function put(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

// The server's clock may be another than ours (tests move it): keep the difference of page load.
const skew = () => Number(document.body.dataset.clockSkew || 0);

export function tick() {
  const now = Date.now() + skew();
  all("[data-age]").forEach((element) => tickAge(element, now));
  all("[data-due]").forEach((element) => tickDue(element, now));
}

export function startTimes() {
  const served = Date.parse(document.body.dataset.clock || "");
  // A few seconds are the way of the page; only a clock that is really another counts.
  const apart = served - Date.now();
  document.body.dataset.clockSkew = Math.abs(apart) > 30000 ? apart : 0;
  setInterval(() => { if (!document.hidden) tick(); }, 1000);
  document.addEventListener("visibilitychange", tick);
}
