// A page that took nothing of what was sent, or asks for a sign-in first: the drafts of it stay (js/forms.js).
// Runs while the page is read, before the modules forget what was sent.
try {
  const sent = JSON.parse(sessionStorage.getItem("tocsin:sent")) || [];
  sessionStorage.removeItem("tocsin:sent");
  // A page that has a word for it says that the text is here, if it is.
  if (sent.some((key) => localStorage.getItem(key))) {
    addEventListener("DOMContentLoaded", () => document.querySelector("[data-kept]")?.removeAttribute("hidden"));
  }
} catch { /* private windows may refuse */ }
