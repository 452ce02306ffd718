// The table of the votes: all Länder at once, and how many voted which way.
class VotesTable extends HTMLElement {
  connectedCallback() {
    this.querySelector(".votes__all").hidden = false;
    this.addEventListener("click", ({ target }) => target.dataset.all !== undefined && this.setAll(target.dataset.all));
    this.addEventListener("change", () => this.count());
    this.count();
  }

  setAll(vote) {
    for (const radio of this.querySelectorAll(`input[type=radio][value="${vote}"]`)) radio.checked = true;
    // For the editor that saves by itself.
    this.querySelector("input[type=radio]:checked").dispatchEvent(new Event("change", { bubbles: true }));
  }

  count() {
    const names = [...this.querySelectorAll("thead th")].slice(1).map((cell) => cell.textContent);
    const rows = [...this.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input[type=radio]")]);
    const counts = names.map((name, way) => [name, rows.filter((radios) => radios[way].checked).length]);
    this.querySelector("[data-tally]").textContent = counts.filter(([, number]) => number).map(([name, number]) => `${number} ${name}`).join(", ");
  }
}

customElements.define("votes-table", VotesTable);
