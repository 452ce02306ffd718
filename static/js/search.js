// Offers words and titles while a reader types; without this module the search works as it is.
const field = document.querySelector("[data-suggestions]");
const list = field?.list;
let asked = 0;

field?.addEventListener("input", (event) => {
  // Choosing an offer fires "input", too, but with nothing typed.
  if (event.inputType === undefined || event.inputType === "insertReplacementText") return;
  const turn = ++asked;
  setTimeout(async () => {
    if (turn !== asked || field.value.trim().length < 2) return;
    const answer = await fetch(`${field.dataset.suggestions}?q=${encodeURIComponent(field.value)}`).catch(() => null);
    const found = answer?.ok ? (await answer.json()).suggestions : [];
    // An answer that was overtaken by the next letter is of no use.
    if (turn === asked) list.replaceChildren(...found.map((text) => Object.assign(document.createElement("option"), { value: text })));
  }, 150);
});
