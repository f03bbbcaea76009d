/* Light, dark or as the system has it. Loaded before anything is painted; the admin keeps its choice under the same key. */
(function () {
  var key = "adminTheme", dark = matchMedia("(prefers-color-scheme: dark)");

  function read() {
    try { return JSON.parse(localStorage.getItem(key)) || "auto"; } catch (error) { return "auto"; }
  }
  function apply() {
    var theme = read();
    document.documentElement.classList.toggle("dark", theme === "dark" || (theme === "auto" && dark.matches));
    document.dispatchEvent(new CustomEvent("sh:theme"));
  }
  window.shTheme = {
    get: read,
    set: function (theme) { try { localStorage.setItem(key, JSON.stringify(theme)); } catch (error) { /* no storage, no choice */ } apply(); },
  };
  dark.addEventListener("change", apply);
  addEventListener("storage", function (event) { if (event.key === key) apply(); });
  apply();
})();
