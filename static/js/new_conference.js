// Who chairs on the first day: shown while it is typed, and chosen as host until somebody chooses another.
const terms = JSON.parse(document.getElementById("terms").textContent);
const { first_day: day, host_land: host } = document.querySelector("form.new-conference").elements;
const told = document.querySelector("[data-term]");
const unknown = told.textContent;
let chosen = Boolean(host.value);

function follow() {
  const term = terms.find(({ start, end }) => start <= day.value && day.value <= end);
  told.textContent = term ? `Amtszeit: ${term.name}` : unknown;
  if (!chosen) host.value = term?.land ?? "";
}

day.addEventListener("input", follow);
host.addEventListener("change", () => (chosen = Boolean(host.value)));
follow();
