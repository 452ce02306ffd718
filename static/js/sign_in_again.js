// Signing in again over the open form: the editor that saves by itself has been told that nobody is signed in any more.
const form = document.querySelector("form[data-edit-form]");
const SIGNED_IN = "/admin/angemeldet/";
let dialog = null;

document.addEventListener("w-autosave:error", (event) => {
  if (event.detail.response?.signed_out && !dialog?.open) ask();
});

function ask() {
  dialog ??= made();
  dialog.querySelector("iframe").src = `/admin/login/?next=${SIGNED_IN}`;
  dialog.showModal();
}

function made() {
  const made = Object.assign(document.createElement("dialog"), { className: "sign-in-again" });
  made.setAttribute("aria-labelledby", "sign-in-again");
  made.innerHTML = `<h2 id="sign-in-again">Ihre Anmeldung ist beendet</h2>
    <p>Ihr Text steht noch im Formular. Melden Sie sich hier wieder an, dann wird er gespeichert.</p>
    <iframe title="Anmelden"></iframe>
    <form method="dialog"><button class="button button-secondary">Später</button></form>`;
  made.querySelector("iframe").addEventListener("load", goOn);
  document.body.append(made);
  return made;
}

// With each signing in there is a new token, without which the form would be refused.
function goOn({ target }) {
  const { location, document: inside } = target.contentWindow;
  if (location.pathname !== SIGNED_IN) return;
  const token = inside.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  window.wagtailConfig.CSRF_TOKEN = token;
  dialog.close();
  form.dispatchEvent(new CustomEvent("w-unsaved:add", { cancelable: true })); // saves what is there
}
