// Above the form: what keeps the saved draft from being published, and below it advice. Each line leads to its field or
// block, on whatever tab it is, and to the words in it that are meant.
const form = document.querySelector("#page-edit-form, form[data-edit-form]");
const panel = Object.assign(document.createElement("section"), { className: "page-check", hidden: true, tabIndex: -1 });
panel.setAttribute("aria-label", "Prüfung");
let asked = 0;
let counted = "Prüfung";

async function ask(key) {
  const number = ++asked;
  const answer = await fetch(`/admin/pruefung/${key}/?teil`).catch(() => null);
  const found = answer?.ok && !answer.redirected ? await answer.text() : "";
  // Without an answer what stands there might be wrong; what was asked first may come last.
  if (number !== asked) return;
  const isShut = panel.querySelector("details")?.open === false;
  panel.innerHTML = found;
  if (isShut) panel.querySelector("details")?.removeAttribute("open");
  const { duties, advice } = panel.firstElementChild?.dataset ?? {};
  const parts = [Number(duties) && `${duties} zu klären`, Number(advice) && `${advice} ${advice === "1" ? "Hinweis" : "Hinweise"}`];
  const open = parts.filter(Boolean).join(", ");
  panel.hidden = !open;
  counted = found ? `Prüfung: ${open || "nichts gefunden"}` : "Prüfung";
  document.querySelectorAll("page-check-count").forEach((way) => way.show());
}

// The way to it in the menu of actions, which Wagtail draws anew when a new page has been saved for the first time.
class PageCheckCount extends HTMLElement {
  connectedCallback() {
    this.show();
    this.addEventListener("click", (event) => {
      if (panel.hidden) return;
      event.preventDefault();
      panel.scrollIntoView({ block: "center" });
      panel.focus();
    });
  }

  show() {
    this.firstElementChild.textContent = counted;
  }
}

const plain = (text) => text.replaceAll("\u00a0", " ");

const FOCUSABLE = ":is(textarea, select, input:not([type=hidden]), [contenteditable=true], button:not(.w-field__comment-button))";

// The keys of blocks have hyphens, the names of fields have none. Of rows the first, or the button that adds one.
function fieldOf(name, words) {
  const inside = [...document.querySelectorAll(`[data-contentpath="${name}"] ${FOCUSABLE}`)];
  if (name.includes("-")) {
    const says = (field) => words && plain(field.value ?? field.textContent).includes(words);
    return inside.find(says) ?? inside.find((field) => !field.matches("button"));
  }
  const field = document.querySelector(`#id_${name}${FOCUSABLE}`) ?? inside[0];
  return field ?? document.querySelector(`[id^="id_${name}-"]${FOCUSABLE}`);
}

function mark(field, words) {
  if ("value" in field) {
    const start = plain(field.value).indexOf(words);
    if (start >= 0) field.setSelectionRange(start, start + words.length);
    return;
  }
  const texts = document.createTreeWalker(field, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const start = plain(texts.currentNode.data).indexOf(words);
    if (start < 0) continue;
    getSelection().setBaseAndExtent(texts.currentNode, start, texts.currentNode, start + words.length);
    return;
  }
}

function goTo(event) {
  const { field: name, words } = event.target.dataset ?? {};
  const field = name && fieldOf(name, words);
  if (!field) return;
  event.preventDefault();
  field.dispatchEvent(new CustomEvent("w-focus:focus", { bubbles: true })); // Wagtail's own sign to show its tab
  requestAnimationFrame(() => {
    field.focus();
    if (words) mark(field, words);
    requestAnimationFrame(() => field.scrollIntoView({ block: "center" })); // once its tab has its place
  });
}

customElements.define("page-check-count", PageCheckCount);

if (form) {
  form.prepend(panel);
  panel.addEventListener("click", goTo);
  document.addEventListener("w-autosave:success", (event) => ask(event.detail.response.pk));
  const key = form.action.match(/\/pages\/(\d+)\/edit\//)?.[1];
  if (key) ask(key);
}
