// Many photos in one go: each is sent when it is chosen, two at a time, and what is typed is saved while it is typed.
const form = document.querySelector("form.photos");
const found = (name) => form.querySelector(name);
const [files, rows, bar, token] = ["#id_files", ".photos__rows", "progress", "[name=csrfmiddlewaretoken]"].map(found);
const [coming, kept] = ["[data-coming]", "[data-kept]"].map(found); // what is said of files, and of what is typed
const AT_A_TIME = 2;
const PAUSE = 600; // ms in which nothing is typed
const queue = [];
let [sending, done, all, timer, leaves] = [0, 0, 0, 0, false];

async function sent(address, body, more = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": token.value };
  const answer = await fetch(address, { method: "POST", body, headers, ...more });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

function choose(chosen) {
  for (const file of chosen) {
    const row = Object.assign(document.createElement("li"), { className: "photos__coming", textContent: `${file.name} …` });
    rows.append(row);
    queue.push([file, row, rows.children.length]);
  }
  all += chosen.length;
  for (let free = AT_A_TIME - sending; free > 0; free -= 1) next();
}

async function next() {
  const [file, row, position] = queue.shift() ?? [];
  tell();
  if (!file) return;
  sending += 1;
  const body = new FormData();
  body.append("file", file);
  body.append("position", position);
  try {
    const answer = await sent(form.dataset.upload, body);
    if (answer.row) row.outerHTML = answer.row;
    else refuse(row, file.name, answer.error);
  } catch {
    refuse(row, file.name, "Die Datei kam nicht an. Bitte Verbindung und Anmeldung prüfen und sie noch einmal wählen.");
  }
  sending -= 1;
  done += 1;
  if (sending + queue.length === 0) [done, all] = [0, 0];
  number();
  next();
}

function refuse(row, name, reason) {
  row.className = "photos__refused";
  row.replaceChildren(Object.assign(document.createElement("b"), { textContent: name }), `: ${reason}`);
}

function tell() {
  bar.hidden = !all;
  Object.assign(bar, { max: all || 1, value: done });
  const refused = rows.querySelectorAll(".photos__refused").length;
  if (all) coming.textContent = `${done} von ${all} Fotos übertragen`;
  else coming.textContent = refused ? `Übertragen. Nicht angenommen: ${refused}` : "Alle Fotos sind übertragen.";
}

// The order in which they stand is the one that is saved.
function number() {
  rows.querySelectorAll("[data-photo]").forEach((row, place) => {
    row.querySelector("[name$=-position]").value = place + 1;
    for (const button of row.querySelectorAll("[data-move]")) button.hidden = false;
  });
  later();
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}

async function save(more = {}) {
  clearTimeout(timer);
  timer = 0;
  const body = new FormData(form);
  body.delete("files");
  for (const [name, value] of Object.entries(more)) body.append(name, value);
  try {
    const { saved } = await sent(form.action, body, { keepalive: true });
    kept.textContent = saved ? "Alles Geschriebene ist gespeichert." : "Nicht alles ist gespeichert: Eine Angabe stimmt nicht.";
    return true;
  } catch {
    kept.textContent = "Nicht gespeichert. Bitte die Seite offen lassen und Verbindung und Anmeldung prüfen.";
    return false;
  }
}

form.classList.add("photos--live");
number();
clearTimeout(timer);
files.addEventListener("change", () => {
  choose([...files.files]);
  files.value = "";
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  choose([...event.dataTransfer.files]);
});
form.addEventListener("input", later);
form.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  const row = button?.closest("[data-photo]");
  if (!row) return;
  event.preventDefault();
  const photos = [...rows.querySelectorAll("[data-photo]")]; // beside them stand those that were refused
  const at = photos.indexOf(row);
  if (button.name === "remove") {
    if (!(await save({ remove: button.value }))) return;
    row.remove();
    const near = photos[at + 1] ?? photos[at - 1];
    (near?.querySelector("textarea") ?? files).focus();
  } else {
    if (button.dataset.move > 0) photos[at + 1]?.after(row);
    else photos[at - 1]?.before(row);
    button.focus();
  }
  number();
});
form.addEventListener("submit", (event) => {
  if (sending) {
    event.preventDefault();
    kept.textContent = "Bitte warten Sie, bis alle Fotos übertragen sind.";
    return;
  }
  leaves = true;
  clearTimeout(timer);
});
window.addEventListener("pagehide", () => timer && !leaves && save());
window.addEventListener("beforeunload", (event) => sending && event.preventDefault());
form.querySelector(".w-field--error :is(input, textarea)")?.focus();
