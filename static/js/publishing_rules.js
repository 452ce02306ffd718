// Above the form: what keeps the saved draft from being published. Each line leads to its field, on whatever tab it is.
const form = document.querySelector("#page-edit-form, form[data-edit-form]");
const list = Object.assign(document.createElement("section"), { className: "publishing-rules", hidden: true });
list.setAttribute("aria-label", "Vor dem Veröffentlichen");
let asked = 0;

async function ask(key) {
  const number = ++asked;
  const answer = await fetch(`/admin/vor-dem-veroeffentlichen/${key}/`).catch(() => null);
  // Without an answer what stands there might be wrong; what was asked first may come last.
  if (number !== asked) return;
  list.innerHTML = answer?.ok && !answer.redirected ? (await answer.text()).trim() : "";
  list.hidden = !list.innerHTML;
}

function goTo(event) {
  const name = event.target.dataset?.field;
  const field = name && document.querySelector(`#id_${name}, [id^="id_${name}-"]:not([type=hidden]), [data-contentpath="${name}"]`);
  if (!field) return;
  event.preventDefault();
  field.dispatchEvent(new CustomEvent("w-focus:focus", { bubbles: true })); // Wagtail's own sign to show its tab
  requestAnimationFrame(() => {
    field.scrollIntoView({ block: "center" });
    field.focus();
  });
}

if (form) {
  form.prepend(list);
  list.addEventListener("click", goTo);
  document.addEventListener("w-autosave:success", (event) => ask(event.detail.response.pk));
  const key = form.action.match(/\/pages\/(\d+)\/edit\//)?.[1];
  if (key) ask(key);
}
