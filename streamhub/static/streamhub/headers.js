/* Rows of header fields: a blank one follows as soon as the last is typed in, until all are used; a button clears a row. */
(function () {
  "use strict";
  const list = document.querySelector("[data-headers]");
  if (!list) return;
  const rows = () => [...list.querySelectorAll("[data-header]")];
  const text = (row) => row.querySelectorAll("input:not([type=checkbox], [type=hidden])");
  const isUsed = (row) => [...text(row)].some((field) => field.value || field.hasAttribute("data-kept"));
  const counter = document.querySelector("[data-count]"), words = counter.textContent;

  function blank() {
    const number = Math.max(-1, ...rows().map((row) => +text(row)[0].name.split("-")[1])) + 1;
    const row = document.getElementById("blank-header").content.firstElementChild.cloneNode(true);
    row.innerHTML = row.innerHTML.replace(/header-\d+/g, "header-" + number).replace(/(xtra header) \d+/g, "$1 " + (number + 1));
    return row;
  }

  function settle() {
    const all = rows(), used = all.filter(isUsed).length;
    if (used === all.length && used < +list.dataset.most) list.append(blank());
    counter.textContent = words.replace(/\d+/, used);
  }

  list.addEventListener("input", settle);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-clear]");
    if (!button) return;
    button.closest("[data-header]").remove();
    settle();
    const last = text(rows().at(-1))[0];
    last.focus();
    last.dispatchEvent(new Event("input", { bubbles: true }));   // the form has changed
  });
})();
