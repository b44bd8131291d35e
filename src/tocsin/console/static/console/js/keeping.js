// Where the browser keeps what is written and not taken yet: each reader's own, never shown to the next one.

const reader = document.body.dataset.reader || "";
const LEFT_FROM_BEFORE = /^tocsin:draft:(?!\d+:)/;

/** Act on a storage; null where the browser refuses (private windows may) or holds nonsense. */
export function using(storage, act) {
  try { return act(window[storage]); } catch { return null; }
}

export const keyOf = (kind, name) => `tocsin:${kind}:${reader}:${name}`;

export const read = (storage, key) => using(storage, (kept) => JSON.parse(kept.getItem(key)));
export const write = (storage, key, value) => reader && using(storage, (kept) => kept.setItem(key, JSON.stringify(value)));
export const drop = (storage, key) => using(storage, (kept) => kept.removeItem(key));

/** What lies longer than `ms`, whoever's it is, and what was kept without a reader. */
export function sweep(storage, kind, ms) {
  using(storage, (kept) => {
    for (const key of Object.keys(kept).filter((one) => one.startsWith(`tocsin:${kind}:`))) {
      const at = read(storage, key)?.at || 0;
      if (LEFT_FROM_BEFORE.test(key) || Date.now() - at > ms) kept.removeItem(key);
    }
  });
}

// What was sent goes only when the server has shown a page after the sending that took it (see ../kept.js).
const SENT = "tocsin:sent";
export const rememberSent = (keys) => keys.length && using("sessionStorage", (kept) => kept.setItem(SENT, JSON.stringify(keys)));

export function forgetSent(refused) {
  const sent = read("sessionStorage", SENT) || [];
  sent.filter((key) => !refused.has(key)).forEach((key) => { drop("localStorage", key); drop("sessionStorage", key); });
  drop("sessionStorage", SENT);
}
