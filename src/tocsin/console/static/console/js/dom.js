// Small helpers that the other modules share.

export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const one = (selector, root = document) => root.querySelector(selector);

const words = JSON.parse(one('meta[name="tocsin-words"]')?.content || "{}");

/** A translated word; %(count)s is replaced. */
export const say = (name, count) => (words[name] || name).replace("%(count)s", count);

/** Tell a screen reader politely. */
export function announce(text) {
  const place = one("[data-announce]");
  if (place) place.textContent = text;
}

export const isTyping = (target = document.activeElement) =>
  !!target?.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

export const scrollerOf = (element) => element.closest(".pane-body") || document.scrollingElement;

/** HTML that our own server rendered, as nodes. */
export function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

export async function fetchHtml(url) {
  const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
  // A session that ended leads to the sign-in page: never put that into a list.
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return answer.text();
}

/** Call `act` once, `wait` ms after the last ask, but not later than `most` after the first. */
export function settled(act, wait, most) {
  let timer, first = 0;
  return () => {
    const now = Date.now();
    first ||= now;
    clearTimeout(timer);
    timer = setTimeout(() => { first = 0; act(); }, Math.max(0, Math.min(wait, first + most - now)));
  };
}
