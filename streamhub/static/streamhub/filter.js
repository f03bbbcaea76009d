/* The Filter tab: rows come and go by requests, which a form does not notice by itself. */
(function () {
  "use strict";
  const form = document.getElementById("filter-form");
  document.addEventListener("sh:rows", () => form.match.dispatchEvent(new Event("input", { bubbles: true })));
  // A reset does not reach rows that were added or removed: discarding opens the page as it is stored.
  form.addEventListener("reset", () => setTimeout(() => location.assign(location.pathname)));
})();
