/* Makes the admin theme's click-only parts reachable by keyboard and named for screen readers. */
addEventListener("load", () => {
  const role = (el, value) => { if (!el.hasAttribute("role")) el.setAttribute("role", value); };
  for (const el of document.querySelectorAll("span, div, a:not([href])")) {
    if (![...el.attributes].some((a) => a.name === "@click" || a.name.startsWith("x-on:click")) || el.hasAttribute("tabindex")) continue;
    if (el.querySelector("a[href], button, input")) continue;
    el.tabIndex = 0;
    role(el, "button");
    el.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      el.click();
    });
  }
  const names = { menu: "Toggle navigation", close: "Close", search: "Search", dark_mode: "Theme", light_mode: "Theme", computer: "Theme" };
  for (const symbol of document.querySelectorAll(".material-symbols-outlined")) {
    const control = symbol.closest("a, button, [role=button]"), word = symbol.textContent.trim();
    if (control !== symbol) symbol.setAttribute("aria-hidden", "true");
    if (control && control.textContent.trim() === word && !control.getAttribute("aria-label")) control.setAttribute("aria-label", control.title || names[word] || word.replaceAll("_", " "));
  }
  // Django's own scripts add these when the page is loaded, some after this one.
  setTimeout(() => document.querySelectorAll(".help-tooltip[aria-label]").forEach((icon) => role(icon, "img")));
  for (const text of document.querySelectorAll("pre")) text.tabIndex = 0; // it may scroll
  // django-rq's lists of jobs.
  const jobs = document.querySelector("form[action*='/confirm-action/']");
  for (const box of jobs ? jobs.querySelectorAll(".action-select") : []) box.setAttribute("aria-label", `Select ${box.value}`);
  jobs?.querySelector("#action-toggle")?.setAttribute("aria-label", "Select all");
  const main = document.getElementById("main") || document.getElementById("content");
  if (main && !document.querySelector("main, [role=main]")) main.setAttribute("role", "main");
});
addEventListener("change", ({ target }) => {
  const jobs = target.closest("form[action*='/confirm-action/']");
  if (!jobs || !target.matches("#action-toggle, .action-select")) return;
  const all = jobs.querySelector("#action-toggle"), boxes = [...jobs.querySelectorAll(".action-select")];
  if (target === all) boxes.forEach((box) => (box.checked = all.checked));
  all.checked = boxes.length > 0 && boxes.every((box) => box.checked);
});
