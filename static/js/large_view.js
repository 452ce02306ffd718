// Shows the pictures of a page large, one at a time; without this module each of them leads to its large file.
const view = document.querySelector(".large-view");
const links = [...document.querySelectorAll("[data-large]")];
const place = view.querySelector(".large-view__place");
const status = view.querySelector("[role=status]");
const steps = view.querySelectorAll("[data-step]");
let shown = 0;

function show(number) {
  shown = (number + links.length) % links.length;
  const figure = links[shown].closest("figure").cloneNode(true);
  const picture = figure.querySelector("picture");
  for (const part of picture.children) {
    part.sizes = "100vw";
    if (part.loading) part.loading = "eager";
  }
  figure.querySelector("[data-large]").replaceWith(picture);
  place.replaceChildren(figure);
  status.textContent = `Bild ${shown + 1} von ${links.length}`;
}

links.forEach((link, number) => link.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab of its own is asked for
  event.preventDefault();
  show(number);
  for (const step of steps) step.hidden = links.length < 2;
  view.showModal();
}));
for (const step of steps) step.addEventListener("click", () => show(shown + Number(step.dataset.step)));
view.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step) show(shown + step);
});
