/* The payload editor: Ace over the form's textarea. Without this script the textarea is the editor.

   .django-ace-widget          made by the form's widget; its textarea stands next to it
   #id_body radios             which language is written; "raw" hides the editor (by CSS)
   data-read-only              the form is of somebody who may not save it
   data-insert                 a button that inserts data-freemarker or data-jinja2 and suggests a field at its ¦
   data-line data-column       a button that leads to this place of the template
   #sample-json                the sample event; once it is changed, the picker says so
   #ace-completions            JSON: field names to suggest
   #ace-annotations            JSON: marks for the margin; sh:annotations brings new ones with each preview
*/
addEventListener("load", () => {
  "use strict";
  const MODES = { freemarker: "ace/mode/ftl", jinja2: "ace/mode/twig" };
  const words = JSON.parse(document.getElementById("ace-completions")?.textContent || "[]");
  const language = () => document.querySelector("#id_body :checked")?.value;

  document.addEventListener("input", (event) => {
    if (event.target.id === "sample-json") document.getElementById("id_sample").value = "pasted";
  }, true);

  document.querySelectorAll(".django-ace-widget").forEach((widget) => {
    const editor = widget.editor, area = widget.nextElementSibling, session = editor.session;
    const paint = () => editor.setTheme("ace/theme/" + (document.documentElement.classList.contains("dark") ? "one_dark" : "github_light_default"));
    const speak = () => {
      if (MODES[language()]) session.setMode(MODES[language()]);
      editor.resize();
    };
    paint();
    document.addEventListener("sh:theme", paint);
    document.getElementById("id_body")?.addEventListener("change", speak);
    speak();

    // Ace pairs quotes by its own idea of where a string is, which templates inside JSON defeat: a stray "" is left over.
    editor.setOptions({ fontSize: 13, scrollPastEnd: 0.2, enableBasicAutocompletion: true, enableKeyboardAccessibility: true, behavioursEnabled: false });
    editor.renderer.setScrollMargin(8, 8);
    editor.textInput.getElement().setAttribute("aria-label", area.getAttribute("aria-label"));
    editor.completers = [{
      identifierRegexps: [/[\w.$[\]"]/],
      getCompletions: (ed, s, place, prefix, done) => done(null, words.map((value) => ({ value, meta: "field" }))),
    }];
    editor.commands.addCommand({ name: "save", bindKey: { win: "Ctrl-S", mac: "Command-S" }, exec: () => { if (!area.form.hasAttribute("data-read-only")) area.form.requestSubmit(); } });

    session.on("change", () => area.dispatchEvent(new Event("input", { bubbles: true })));
    // A reset reaches neither Ace nor rows that were added or removed: discarding opens the page as it is stored.
    area.form.addEventListener("reset", () => setTimeout(() => location.assign(location.pathname)));
    session.setAnnotations(JSON.parse(document.getElementById("ace-annotations")?.textContent || "[]"));
    document.addEventListener("sh:annotations", (event) => session.setAnnotations(event.detail.items));

    document.querySelectorAll("[data-inserts]").forEach((bar) => { bar.hidden = false; });
    document.querySelectorAll("[data-insert]").forEach((button) => button.addEventListener("click", () => {
      const [before, after = ""] = (button.dataset[language()] || "").split("¦");
      editor.insert(before);
      const place = editor.getCursorPosition();
      editor.insert(after);
      editor.moveCursorToPosition(place);
      editor.focus();
      editor.execCommand("startAutocomplete");
    }));
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-line]");
      if (!link) return;
      editor.gotoLine(+link.dataset.line, +link.dataset.column - 1);
      editor.focus();
    });
    if (area.getAttribute("aria-invalid") === "true") editor.textInput.getElement().setAttribute("aria-invalid", "true");
  });
});
