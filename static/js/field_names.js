// Fields of rich text and of tables get the names that stand above them; Wagtail leaves them without, to be guessed.
const NAMELESS = ".public-DraftEditor-content:not([aria-label]), #HandsontableCopyPaste:not([aria-label])";
const nameFields = () => {
  for (const field of document.querySelectorAll(NAMELESS)) {
    const label = field.closest("[data-contentpath]")?.querySelector("label") ?? field.closest("[data-panel]")?.querySelector(".w-panel__heading");
    field.setAttribute("aria-label", label?.textContent.replace("*", "").trim() || "Zwischenablage der Tabelle");
  }
};
new MutationObserver(nameFields).observe(document.body, { childList: true, subtree: true });
nameFields();
