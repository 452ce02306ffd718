// In the dialog that says that somebody else has saved meanwhile: a third way, to see both versions and to join them.
function offer() {
  const form = document.querySelector("form[data-edit-form]");
  const buttons = document.querySelector("#w-save-confirmation-dialog .w-editing-sessions-dialog-buttons");
  const sessions = document.getElementById("w-editing-sessions");
  const key = form?.action.match(/\/pages\/(\d+)\/edit\//)?.[1];
  if (!key || !buttons || !sessions) return;
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "button button-secondary",
    textContent: "Unterschiede ansehen",
  });
  button.addEventListener("click", () => {
    form.action = `/admin/zwei-fassungen/${key}/`;
    // The text goes along, so that nobody need be asked whether it may be lost.
    window.addEventListener("w-unsaved:confirm", (event) => event.preventDefault());
    form.submit();
  });
  // The same dialog tells of a connection that failed; then there is nothing to compare.
  const see = () => (button.hidden = !sessions.querySelector(".w-editing-sessions__session--saved"));
  new MutationObserver(see).observe(sessions, { childList: true, subtree: true });
  see();
  buttons.append(button);
}

// Wagtail puts the dialog into the page when all has been read.
window.addEventListener("load", offer);
