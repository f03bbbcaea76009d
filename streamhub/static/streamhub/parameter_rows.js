/* Parameters of rows: a blank row follows as soon as the last is typed in; a button removes a row. */
(function () {
  "use strict";
  const isUsed = (row) => [...row.querySelectorAll("input")].some((field) => field.value);

  document.querySelectorAll("[data-rows-of]").forEach((list) => {
    const name = list.dataset.rowsOf, template = document.querySelector(`[data-blank-of="${name}"]`);
    const rows = () => [...list.querySelectorAll("[data-row]")];
    const numberOf = (row) => +row.querySelector("input").name.slice(name.length + 1).split("-")[0];

    function settle() {
      const all = rows();
      if (all.length < +list.dataset.most && all.every(isUsed)) {
        const number = Math.max(-1, ...all.map(numberOf)) + 1, row = template.content.firstElementChild.cloneNode(true);
        row.querySelectorAll("input").forEach((field) => { field.name = field.name.replace(`${name}-0-`, `${name}-${number}-`); });
        list.append(row);
      }
      rows().forEach((row, index) => {
        row.querySelectorAll("[aria-label]").forEach((part) => {
          part.setAttribute("aria-label", part.getAttribute("aria-label").replace(/ow \d+/, "ow " + (index + 1)));
        });
      });
    }

    list.addEventListener("input", settle);
    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-clear]");
      if (!button) return;
      button.closest("[data-row]").remove();
      settle();
      const last = rows().at(-1).querySelector("input");
      last.focus();
      last.dispatchEvent(new Event("input", { bubbles: true }));   // the form has changed
    });
  });
})();
