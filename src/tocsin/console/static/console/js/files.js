// Files that go with what one writes: chosen, dropped or pasted; shown with their sizes; sent with progress.
import { all, one, say } from "./dom.js";
import { toast } from "./toasts.js";

const PICTURE = /^image\/(png|jpeg|gif|webp)$/;
const inputOf = (form) => one("input[type=file][data-most-bytes]", form);
const total = (files) => files.reduce((sum, file) => sum + file.size, 0);

function size(bytes) {
  const [unit, step] = bytes < 1e6 ? ["kilobyte", 1024] : ["megabyte", 1024 ** 2];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(bytes / step);
}

/** The same name twice would be one file in the text: `picture.png` becomes `picture-2.png`. */
function unlike(file, taken, name = file.name) {
  const [, base, ending] = name.match(/^(.*?)(\.[^.]*)?$/s);
  for (let number = 2; taken.has(name); number += 1) name = `${base}-${number}${ending || ""}`;
  taken.add(name);
  return name === file.name ? file : new File([file], name, { type: file.type });
}

function put(input, files) {
  const kept = new DataTransfer();
  files.forEach((file) => kept.items.add(file));
  input.files = kept.files;
  show(input);
}

function add(input, files, name) {
  const before = [...input.files];
  const taken = new Set(before.map((file) => file.name));
  const added = files.map((file) => unlike(file, taken, name || file.name));
  put(input, [...before, ...added]);
  return added;
}

function takeOut(input, file) {
  put(input, [...input.files].filter((other) => other !== file));
  unplace(one("textarea[data-takes-pictures]", input.form), `![${file.name}]`);
  input.focus();
}

/** The place of a picture goes with it; where it has a line of its own, the line. */
function unplace(area, mark) {
  if (!area?.value.includes(mark)) return;
  for (let at = area.value.indexOf(mark); at >= 0; at = area.value.indexOf(mark)) {
    const [before, after] = [area.value.slice(0, at), area.value.slice(at + mark.length)];
    const alone = (!before || before.endsWith("\n")) && after.startsWith("\n");
    area.setRangeText("", at, at + mark.length + (alone ? 1 : 0), "preserve");
  }
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function entry(input, file) {
  const line = document.createElement("li");
  line.className = "chip";
  const name = document.createElement("span");
  name.textContent = `${file.name} · ${size(file.size)}`;
  const gone = document.createElement("button");
  gone.type = "button";
  gone.className = "chip-remove";
  gone.textContent = "×";
  gone.setAttribute("aria-label", `${one("[data-file-list]", input.form).dataset.remove} ${file.name}`);
  gone.addEventListener("click", () => takeOut(input, file));
  line.append(name, gone);
  return line;
}

const isTooLarge = (input) => total([...input.files]) > Number(input.dataset.mostBytes);

function complain(form, words) {
  const place = one("[data-file-error]", form);
  if (!place) return;
  place.textContent = words;
  place.hidden = !words;
}

function show(input) {
  const list = one("[data-file-list]", input.form);
  const files = [...input.files];
  list.replaceChildren(...files.map((file) => entry(input, file)));
  list.hidden = !files.length;
  complain(input.form, isTooLarge(input) ? list.dataset.tooLarge : "");
}

function insert(area, words) {
  const before = area.value.slice(0, area.selectionStart);
  const lead = before && !before.endsWith("\n") ? "\n" : "";
  area.setRangeText(`${lead}${words}\n`, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function paste(event) {
  const area = event.target.closest?.("textarea");
  const input = area && inputOf(area.form);
  const files = [...(event.clipboardData?.files || [])];
  // An office program gives a picture of copied text beside the text: the text is meant.
  if (!input || !files.length || event.clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  for (const file of files) {
    const picture = PICTURE.test(file.type);
    const [added] = add(input, [file], picture ? `picture.${file.type.slice(6)}` : undefined);
    if (picture && area.hasAttribute("data-takes-pictures")) insert(area, `![${added.name}]`);
  }
}

function dropZone(event) {
  const form = event.target.closest?.("form");
  return form && inputOf(form) && event.dataTransfer?.types.includes("Files") ? form : null;
}

function drag(event) {
  const form = dropZone(event);
  all("form[data-dropping]").forEach((other) => other !== form && other.removeAttribute("data-dropping"));
  if (!form) return;
  event.preventDefault();
  form.setAttribute("data-dropping", "");
}

function drop(event) {
  const form = dropZone(event);
  if (!form) return;
  event.preventDefault();
  form.removeAttribute("data-dropping");
  add(inputOf(form), [...event.dataTransfer.files]);
}

function release(form, words) {
  form.removeAttribute("data-sending");
  all("[data-pressed]", form).forEach((button) => button.removeAttribute("data-pressed"));
  one("[data-progress]", form).hidden = true;
  if (words) complain(form, words);
}

function finished(form, request) {
  const next = request.getResponseHeader("Location-Next");
  if (request.status === 204 && next) { location.assign(next); return; }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  // What was refused may be sent again: as from the page that the server shows instead.
  for (const name of ["once", "seen"]) {
    const fresh = one(`form[action="${form.getAttribute("action")}"] input[name=${name}]`, page);
    if (fresh) form.elements[name].value = fresh.value;
  }
  const said = one(".field-error:not([hidden])", page)?.textContent || one("h1", page)?.textContent;
  release(form, (said || say("offline")).trim());
}

/** A form with files goes by a request of ours, which can say how far it is. */
function send(event) {
  const form = event.target;
  const input = inputOf(form);
  if (event.defaultPrevented || !input?.files.length) return;
  event.preventDefault();
  if (isTooLarge(input)) { release(form, one("[data-file-list]", form).dataset.tooLarge); return; }
  const bar = one("[data-progress]", form);
  const request = new XMLHttpRequest();
  bar.hidden = false;
  bar.value = 0;
  request.upload.addEventListener("progress", (news) => { if (news.lengthComputable) bar.value = (100 * news.loaded) / news.total; });
  request.addEventListener("load", () => finished(form, request));
  request.addEventListener("error", () => { release(form); toast(say("offline")); });
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "upload");
  request.send(new FormData(form));
}

export function startFiles() {
  const marked = (event) => event.target.matches?.("input[type=file][data-most-bytes]");
  let before = [];
  // Choosing again adds to what is there.
  document.addEventListener("click", (event) => { if (marked(event)) before = [...event.target.files]; });
  document.addEventListener("change", (event) => {
    if (!marked(event)) return;
    const chosen = [...event.target.files].filter((file) => !before.includes(file));
    put(event.target, before);
    add(event.target, chosen);
    before = [...event.target.files];
  });
  document.addEventListener("paste", paste);
  document.addEventListener("dragover", drag);
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drag(event); });
  document.addEventListener("drop", drop);
  document.addEventListener("submit", send);
}
