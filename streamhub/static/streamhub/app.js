/* What the pages do beyond links and forms. Everything hangs on data- attributes; words come from the page.

   data-poll="3000"            asks hx-get again every 3 s (with hx-trigger="sh:tick"); an answer without it ends the polling
   data-live                   says whether the polled part is live, paused or lost
   data-pause="#id"            a button that pauses polling inside #id
   data-copy                   copies the code box it stands in, or data-copy="#id"
   data-open="id" data-close   opens and closes a <dialog>; data-expect="word" holds its button back until it is typed
   data-unsaved                a form that shows its [data-savebar] once it is changed
   data-set-theme="dark"       light, dark or auto
   data-menu                   opens the navigation on small screens
   data-read="..."             what a chart's line says while one points at this part
   data-annotate="url"         a chart: a click on a part with data-at opens the form of a new annotation there. The page is
                               loaded anew then, unless what asks again at "annotated" (in hx-trigger) is on it
   data-submit                 sends its form when changed
*/
(function () {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => from.querySelectorAll(selector);
  const on = (name, act) => document.addEventListener(name, act);
  const onClick = (selector, act) => on("click", (event) => {
    const found = event.target.closest(selector);
    if (found) act(found, event);
  });

  /* -- polling -- */
  let failures = 0;
  const reading = (el) => el.contains(document.activeElement) || el.querySelector("details[open]");
  function tick() {
    let state = "live";
    for (const el of all("[data-poll]")) {
      const paused = el.closest("[data-paused]"), busy = reading(el);
      if (paused || busy) state = paused ? "paused" : "reading";
      if (paused || busy || document.hidden) continue;
      el.dataset.last ||= Date.now();
      if (Date.now() - el.dataset.last < +el.dataset.poll) continue;
      el.dataset.last = Date.now();
      htmx.trigger(el, "sh:tick");
    }
    if (failures > 1) state = "lost";
    for (const el of all("[data-live]")) {
      const word = el.dataset[state];
      if (el.lastElementChild.textContent === word) continue;
      el.lastElementChild.textContent = word;
      el.className = "sh-live " + { live: "is-ok", lost: "is-bad" }[state];
    }
  }
  setInterval(tick, 1000);
  tick();
  const polled = (event) => event.detail.elt?.matches?.("[data-poll]");
  on("htmx:afterOnLoad", (event) => { if (polled(event)) failures = 0; });
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) on(name, (event) => {
    if (polled(event)) failures += 1;
    else if (!event.detail.xhr?.getResponseHeader("HX-Trigger")) toast({ level: "bad", text: document.body.dataset[name === "htmx:responseError" ? "refused" : "lost"] });
  });
  onClick("[data-pause]", (button) => {
    const paused = document.querySelector(button.dataset.pause).toggleAttribute("data-paused");
    button.setAttribute("aria-pressed", paused);
    button.lastElementChild.textContent = paused ? button.dataset.resume : button.dataset.word;
    tick();
  });

  /* -- toasts -- */
  const leave = (el) => setTimeout(() => el.remove(), 6000);
  function toast({ level = "ok", text }) {
    const copy = document.getElementById("toast").content.cloneNode(true), el = copy.firstElementChild;
    el.classList.add("is-" + level);
    document.querySelector(".sh-toasts").append(copy);
    requestAnimationFrame(() => { el.querySelector("span").textContent = text; });   // a change is what gets announced
    if (level === "ok") leave(el);
  }
  on("toast", (event) => toast(event.detail));
  onClick(".sh-toast button", (button) => button.closest(".sh-toast").remove());
  all(".sh-toast.is-ok").forEach(leave);
  const say = (text) => { document.getElementById("status").textContent = text; };

  /* -- copy -- */
  async function copied(text) {
    try { await navigator.clipboard.writeText(text); } catch (error) {   // needs https or localhost
      const area = document.createElement("textarea");
      area.value = text;
      (document.querySelector("dialog[open]") || document.body).append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }
  onClick("[data-copy]", async (button) => {
    const from = button.dataset.copy ? document.querySelector(button.dataset.copy) : button.closest(".sh-code").querySelector("pre");
    await copied(from.value ?? from.textContent);
    button.focus();
    const label = button.querySelector("span"), before = label.dataset.word ||= label.textContent;
    label.textContent = button.dataset.copied;
    say(button.dataset.said);
    setTimeout(() => { label.textContent = before; say(""); }, 1600);
  });

  /* -- menus, dialogs, the navigation on small screens -- */
  const openMenus = () => all("details.sh-menu[open]");
  on("click", (event) => openMenus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  const side = document.getElementById("side"), opener = document.querySelector("[data-menu]");
  function showMenu(open) {
    root.classList.toggle("sh-menu-open", open);
    opener.setAttribute("aria-expanded", open);
    if (open) side.querySelector("a").focus(); else opener.focus();
  }
  onClick("[data-menu], .sh-shade", () => showMenu(!root.classList.contains("sh-menu-open")));
  on("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menus = openMenus();
    menus.forEach((menu) => { menu.open = false; menu.firstElementChild.focus(); });
    if (!menus.length && root.classList.contains("sh-menu-open")) showMenu(false);
  });
  onClick("[data-open]", (button, event) => {
    event.preventDefault();   // a link where scripts are off
    const menu = button.closest("details.sh-menu");
    if (menu) menu.open = false;
    document.getElementById(button.dataset.open).showModal();
  });
  on("change", (event) => {   // one box for all of that name
    const name = event.target.dataset.all;
    if (name) all(`[name=${name}]`).forEach((box) => { box.checked = event.target.checked; });
  });
  onClick("[data-close]", (button) => button.closest("dialog").close());
  on("click", (event) => { if (event.target.matches("dialog[open]")) event.target.close(); });   // its backdrop
  on("input", (event) => {
    const field = event.target;
    if (field.dataset.expect) field.form.querySelector("[type=submit]").disabled = field.value.trim() !== field.dataset.expect;
  });

  /* -- forms -- */
  const changed = new Set();
  function mark(form, is) {
    if (is) changed.add(form); else changed.delete(form);
    const bar = form.querySelector("[data-savebar]");
    if (bar) bar.hidden = !is;
  }
  for (const name of ["input", "change"]) on(name, (event) => {
    const form = event.target.form;
    if (form?.matches("[data-unsaved]")) mark(form, true);
    if (name === "change" && event.target.matches("[data-submit]")) form.requestSubmit();
  });
  on("reset", (event) => mark(event.target, false));
  on("submit", (event) => mark(event.target, false));
  addEventListener("beforeunload", (event) => { if (changed.size) event.preventDefault(); });
  function start(from) {
    all("form[data-unsaved]", from).forEach((form) => {
      const bar = form.querySelector("[data-savebar]");
      if (bar) bar.hidden = !form.matches("[data-changed]");
    });
    const wrong = from.querySelector("[aria-invalid=true]");
    if (wrong) wrong.focus();
    all(".sh-tabs [aria-current]", from).forEach((tab) => { tab.parentElement.scrollLeft = tab.offsetLeft - 60; });
  }
  start(document);
  on("htmx:afterSwap", (event) => { if (!polled(event)) start(event.target); });

  /* -- charts -- */
  for (const name of ["pointerover", "focusin"]) on(name, (event) => {
    const part = event.target.closest?.("[data-read]"), plot = event.target.closest?.(".sh-chart");
    if (!plot) return;
    const line = plot.querySelector(".sh-reading");
    line.dataset.word ||= line.textContent;
    line.textContent = part ? part.dataset.read : line.dataset.word;
  });
  function annotate(url, start) {
    let dialog = document.getElementById("annotate");
    if (!dialog) {
      dialog = Object.assign(document.createElement("dialog"), { id: "annotate" });
      dialog.setAttribute("aria-labelledby", "annotate-title");
      document.body.append(dialog);
    }
    const stays = document.querySelector('[hx-trigger*="annotated"]') && { stays: 1 };
    const query = new URLSearchParams({ next: location.pathname + location.search, ...(start && { start }), ...stays });
    htmx.ajax("GET", url + "?" + query, { target: dialog, swap: "innerHTML" }).then(() => { if (dialog.querySelector("form")) dialog.showModal(); });
  }
  onClick("[data-annotate] [data-at]", (part) => annotate(part.closest("[data-annotate]").dataset.annotate, part.dataset.at));
  onClick("[data-annotate-link]", (link, event) => { event.preventDefault(); annotate(link.pathname); });
  on("annotated", () => document.getElementById("annotate").close());

  /* -- theme -- */
  const paint = () => all("[data-set-theme]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.setTheme === shTheme.get()));
  onClick("[data-set-theme]", (button) => shTheme.set(button.dataset.setTheme));
  on("sh:theme", paint);
  paint();
})();
