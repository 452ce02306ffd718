// A lost line: the form stays, and what was typed is saved as soon as the site answers again.
const form = document.querySelector("form[data-edit-form]");
const AGAIN = 20_000;
let dialog = null;
let waiting = null;

form?.addEventListener("save-order:unanswered", ({ detail }) => {
  if (detail.submitter) detail.submitter.dataset.wProgressLoadingValue = "false"; // it can be pressed again
  dialog ??= made();
  dialog.showModal();
});

function made() {
  const made = Object.assign(document.createElement("dialog"), { className: "sign-in-again" });
  made.setAttribute("aria-labelledby", "lost-line");
  made.innerHTML = `<h2 id="lost-line">Die Website ist nicht zu erreichen</h2>
    <p>Ihr Text steht noch im Formular, ist aber nicht gespeichert. Lassen Sie das Fenster offen und speichern Sie noch
    einmal, sobald die Verbindung wieder da ist.</p>
    <form method="dialog"><button class="button">Zurück zum Formular</button></form>`;
  document.body.append(made);
  return made;
}

// Wagtail tries no more after a minute without a line, and not once after an error, until something else is typed.
form?.addEventListener("w-autosave:error", ({ detail }) => {
  clearTimeout(waiting);
  const isOver = !["network_error", "server_error"].includes(detail.type) || detail.response?.signed_out;
  waiting = isOver ? null : setTimeout(saveAgain, AGAIN);
});
form?.addEventListener("w-autosave:success", () => {
  clearTimeout(waiting);
  waiting = null;
});
window.addEventListener("online", () => waiting && saveAgain());

function saveAgain() {
  form.dispatchEvent(new CustomEvent("w-unsaved:add", { cancelable: true }));
}
