/* Forms whose rows come and go by requests (data-rows), which a form does not notice by itself. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-rows]");
  document.addEventListener("sh:rows", () => form.elements[0].dispatchEvent(new Event("input", { bubbles: true })));
  // A reset does not reach rows that were added or removed: discarding opens the page as it is stored.
  form.addEventListener("reset", () => setTimeout(() => location.assign(location.pathname)));
})();
