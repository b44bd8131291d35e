// A page that took nothing of what was sent, or asks for a sign-in first: the drafts of it stay (js/forms.js).
// Runs while the page is read, before the modules forget what was sent.
try { sessionStorage.removeItem("tocsin:sent"); } catch { /* private windows may refuse */ }
