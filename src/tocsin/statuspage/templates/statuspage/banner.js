// The banner: one line in the customer's program that says what is broken and when it works again.
//
//   <script src="https://support.example.com/banner.js" async></script>
//
// Optional on the tag: data-language="el", data-components="mail,web" (only these matter),
// data-place="bottom" (default), "top" or "inline" (where the tag stands).
//
// It does no harm: everything lies in a shadow tree, nothing is global but one guard symbol, no eval,
// no markup from strings (strict CSP and Trusted Types are fine), every failure is silent.
(function () {
  "use strict";
  var guard = Symbol.for("tocsin.banner");
  if (window[guard]) return;
  Object.defineProperty(window, guard, { value: true });
  var tag = document.currentScript || document.querySelector('script[src*="banner.js"]');
  if (!tag || !tag.src || !window.fetch || !document.documentElement.attachShadow) return;

  var POLL = 60000, SLOWEST = 900000, TIMEOUT = 8000, BELIEVED = 7200000;
  var folder = tag.src.replace(/(status\/)?banner\.js.*$/, "status/");
  var key = "tocsin.banner:" + folder;
  var wanted = (tag.dataset.components || "").split(",").map(function (one) { return one.trim(); }).filter(Boolean);
  var failures = 0, timer = 0, asked = 0, closed = [], news = null, host, line, shown = "";

  var CSS =
    ":host{all:initial!important;display:block!important;position:fixed!important;inset:auto 0 0!important;z-index:2147483000!important;pointer-events:none!important}" +
    ":host([data-place=top]){inset:0 0 auto!important}" +
    ":host([data-place=inline]){position:static!important}" +
    "div{display:flex;gap:10px;align-items:center;justify-content:center;min-height:44px;padding:4px 8px 4px 16px;box-sizing:border-box;pointer-events:auto;font:15px/20px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;font-variant-numeric:tabular-nums;color:#fff;background:#b0151e;border:0 solid transparent;border-width:1px 0}" +
    "div:empty{display:none}" +
    "div.yellow{color:#2a2000;background:#ffd64a}" +
    "div.green{background:#0a6b3b}" +
    "svg{width:12px;height:12px;flex:none;fill:currentColor}" +
    "span{min-width:0;overflow-wrap:anywhere}" +
    "a{color:inherit;font-weight:600;text-underline-offset:3px;padding:10px 4px}" +
    "button{all:unset;box-sizing:border-box;flex:none;width:36px;height:36px;text-align:center;font-size:20px;line-height:36px;cursor:pointer;border-radius:6px}" +
    "button:hover{background:rgba(0,0,0,.16)}" +
    "a:focus-visible,button:focus-visible{outline:2px solid currentColor;outline-offset:-2px}" +
    "@media print{:host{display:none!important}}";
  var SHAPES = { square: "M1 1h10v10H1z", triangle: "M6 .6 12 11.4H0z", diamond: "M6 0 12 6 6 12 0 6z", circle: "M6 .4a5.6 5.6 0 1 0 .01 0z" };

  function remember() {
    try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), news: news, closed: closed.slice(-30) })); } catch (e) { /* private or full */ }
  }

  function recall() {
    try {
      var kept = JSON.parse(localStorage.getItem(key)) || {};
      closed = Array.isArray(kept.closed) ? kept.closed : [];
      if (Date.now() - kept.at < BELIEVED) news = kept.news;
    } catch (e) { /* nothing kept */ }
  }

  function inLanguage(texts) {
    var asked = tag.dataset.language || document.documentElement.lang || navigator.language || "";
    return texts[asked] ? asked : texts[asked.split("-")[0]] ? asked.split("-")[0] : texts[news.default] ? news.default : Object.keys(texts)[0];
  }

  function clock(moment, language) {
    var at = new Date(moment), style = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    if (at.toDateString() !== new Date().toDateString()) { style.day = "numeric"; style.month = "short"; }
    return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, style).format(at);
  }

  function concerns(matter) {
    if (closed.indexOf(matter.id) >= 0 || (matter.until && matter.until < Date.now())) return false;
    return !wanted.length || matter.components.some(function (one) { return wanted.indexOf(one) >= 0; });
  }

  function make(name, text) {
    var one = document.createElement(name);
    if (text) one.textContent = text;
    return one;
  }

  function sign(shape) {
    var space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg"), path = document.createElementNS(space, "path");
    svg.setAttribute("viewBox", "0 0 12 12");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", SHAPES[shape] || SHAPES.square);
    svg.appendChild(path);
    return svg;
  }

  // The live region stands empty first, so that screen readers hear what is put into it.
  function place() {
    if (!host) {
      host = make("tocsin-banner");
      host.dataset.place = tag.dataset.place || "bottom";
      var root = host.attachShadow({ mode: "open" }), sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
      line = make("div");
      line.setAttribute("role", "status");
      root.appendChild(line);
    }
    if (host.isConnected) return;
    if (host.dataset.place === "inline" && tag.parentNode) tag.parentNode.insertBefore(host, tag);
    else document.documentElement.appendChild(host);
  }

  function show() {
    var matter = news && news.matters.filter(concerns)[0];
    if (!matter && !host) return;
    place();
    var now = matter ? matter.id + JSON.stringify(matter.text) : "";
    if (now === shown) return;
    shown = now;
    setTimeout(function () { quietly(draw, matter); }, 30);
  }

  function draw(matter) {
    line.textContent = "";
    if (!matter) return;
    var language = inLanguage(matter.text), text = matter.text[language], labels = news.labels[language] || {};
    var say = text.say.replace(/\{(\d)\}/g, function (_, n) { return clock(text.at[n], language); });
    var link = make("a", labels.more), close = make("button", "\u00d7");
    link.href = matter.link[language];
    link.target = "_blank";
    link.rel = "noopener";
    close.type = "button";
    close.setAttribute("aria-label", labels.close);
    close.addEventListener("click", function () { closed.push(matter.id); remember(); show(); });
    line.className = matter.colour;
    line.lang = language;
    line.append(sign(matter.shape), make("span", say), link, close);
  }

  // What we are told or kept may be from another version: never the host's trouble.
  function quietly(act, value) {
    try { act(value); } catch (e) { if (line) line.textContent = ""; }
  }

  function again(wait) {
    clearTimeout(timer);
    timer = setTimeout(ask, wait * (0.85 + Math.random() * 0.3));
  }

  function ask() {
    if (document.hidden) return;
    if (navigator.onLine === false) { show(); return again(POLL); }
    var stop = new AbortController(), limit = setTimeout(function () { stop.abort(); }, TIMEOUT);
    asked = Date.now();
    fetch(folder + "banner.json", { credentials: "omit", cache: "no-cache", signal: stop.signal }).then(function (answer) {
      if (!answer.ok) throw answer.status;
      return answer.json();
    }).then(function (told) {
      if (!Array.isArray(told.matters)) throw 0;
      failures = 0;
      news = told;
      remember();
    }).catch(function () { failures += 1; }).then(function () {
      clearTimeout(limit);
      quietly(show);
      again(Math.min(POLL * Math.pow(2, failures), SLOWEST));
    });
  }

  function begin() {
    recall();
    quietly(show);
    ask();
    document.addEventListener("visibilitychange", function () {
      if (!document.hidden && Date.now() - asked > POLL / 2) ask();
    });
    window.addEventListener("online", ask);
  }

  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
