// One save after the other: who clicks "Speichern" while the editor saves by itself would else get the page twice.
const form = document.querySelector("form[data-edit-form]");
let saving = null; // the last time the editor began to save by itself, until it has an answer
let sending = false; // the click has come
let asking = false; // what the click sends is held back
let going = false; // it is held back no more
let sent = null; // what it has saved then

form?.addEventListener("w-autosave:save", (event) => {
  if (sending) event.preventDefault();
  else [saving, sent] = [event, new FormData(form)];
});

// A reload after a refused publication would send it once more, over all that was saved since.
if (form?.dataset.wUnsavedForceValue === "true") history.replaceState(history.state, "", location.href);

// What is typed while it saves, Wagtail takes for saved when the answer comes soon after: it looks twice a second only.
form?.addEventListener("w-autosave:success", ({ detail }) => {
  const updated = detail.response.field_updates ?? {};
  const isTyped = (name, value) => typeof value === "string" && sent.has(name) && !name.startsWith("loaded_") && !(name in updated);
  const written = (data) => JSON.stringify([...data].filter(([name, value]) => isTyped(name, value)));
  const wasTypedSince = sent && written(sent) !== written(new FormData(form));
  setTimeout(() => {
    // After a page was refused, Wagtail would save by itself just once; a new interval lets it look again.
    if (form.dataset.wUnsavedCheckIntervalValue === undefined) form.dataset.wUnsavedCheckIntervalValue = "501";
    if (!wasTypedSince) return;
    form.dataset.wUnsavedForceValue = "true"; // who leaves meanwhile is asked
    form.dispatchEvent(new CustomEvent("w-unsaved:add", { cancelable: true }));
  });
});

for (const answered of ["w-autosave:success", "w-autosave:error"]) {
  form?.addEventListener(answered, () => {
    saving = null;
    form.dispatchEvent(new Event("save-order:free"));
  });
}

// Captured, so that nobody has taken the form for sent before.
form?.addEventListener(
  "submit",
  async (event) => {
    if (going) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asking) return;
    asking = sending = true;
    const { submitter } = event;
    if (await answers()) {
      if (saving && !saving.defaultPrevented) await new Promise((go) => form.addEventListener("save-order:free", go, { once: true }));
      submit(submitter);
    } else {
      sending = false;
      form.dispatchEvent(new CustomEvent("save-order:unanswered", { detail: { submitter } }));
    }
    asking = false;
  },
  true,
);

// Without an answer the browser would show its own page in place of the form, and what was typed would be lost.
// A redirect to the sign-in is an answer, too: what is sent without a session is kept.
async function answers() {
  const answer = await fetch("/admin/angemeldet/", { cache: "no-store", redirect: "manual" }).catch(() => null);
  return answer !== null && answer.status < 500;
}

function submit(submitter) {
  // Not the button itself: it is disabled while it shows that it works, and would not be sent.
  const chosen = Object.assign(document.createElement("input"), { type: "hidden" });
  if (submitter?.name) form.append(Object.assign(chosen, { name: submitter.name, value: submitter.value }));
  going = true;
  form.requestSubmit();
  going = false;
  chosen.remove();
}
