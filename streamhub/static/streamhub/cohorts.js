/* Cohorts: rows that come and go by requests, counted boxes, files that are dropped, looked into and on their way. */
(function () {
  "use strict";
  const form = document.getElementById("cohort-form");
  if (form) {
    document.addEventListener("sh:rows", () => form.match.dispatchEvent(new Event("input", { bubbles: true })));
    // A reset does not reach rows that were added or removed: discarding opens the page as it is stored.
    form.addEventListener("reset", () => setTimeout(() => location.assign(form.getAttribute("action"))));
  }
})();
(function () {
  "use strict";
  /* -- "12 of 50" beside boxes -- */
  document.querySelectorAll("[data-counted]").forEach((shown) => {
    const boxes = () => document.querySelectorAll(`[name=${shown.dataset.counted}]:checked`).length;
    document.addEventListener("change", () => { shown.textContent = shown.textContent.replace(/^\d+/, boxes()); });
  });

  /* -- lists: dropped, looked into, on their way -- */
  const LOOKED_AT = 65536;
  const drop = () => document.querySelector("[data-drop]");
  for (const name of ["dragover", "dragleave", "drop"]) document.addEventListener(name, (event) => {
    const area = event.target.closest?.("[data-drop]");
    if (!area) return;
    event.preventDefault();
    area.classList.toggle("is-over", name === "dragover");
    if (name !== "drop" || !event.dataTransfer.files.length) return;
    const field = area.querySelector("[type=file]");
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  async function look(form) {
    const file = form.file.files[0], data = new FormData();
    if (!file) return;
    data.append("head", file.slice(0, LOOKED_AT), file.name);
    for (const name of ["separator", "header", "column", "csrfmiddlewaretoken"]) data.append(name, form[name].value);
    const answer = await fetch(form.dataset.look, { method: "POST", body: data, headers: { "HX-Request": "true" } });
    if (answer.ok) document.getElementById("look").innerHTML = await answer.text();
  }
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("[data-look]");
    if (form && drop() && ["file", "separator", "header", "column"].includes(event.target.name)) look(form);
  });
  document.addEventListener("htmx:xhr:progress", (event) => {
    const shown = document.getElementById("sending");
    if (!shown || event.target.id !== "list-form" || !event.detail.lengthComputable) return;
    const percent = Math.floor(100 * event.detail.loaded / event.detail.total), words = shown.querySelector("p");
    shown.hidden = false;
    shown.querySelector("progress").value = percent;
    words.textContent = percent < 100 ? words.dataset.uploading.replace("{}", percent) : words.dataset.reading;
  });
})();
