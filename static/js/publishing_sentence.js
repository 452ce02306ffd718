// The sentence beside "Veröffentlichen" and in the dialog of the schedule: always that of the moments in the form.
const MOMENTS = ["go_live_at", "expire_at"];

class PublishingSentence extends HTMLElement {
  connectedCallback() {
    this.left = new AbortController();
    // Captured: the calendar's own events do not climb.
    for (const kind of ["input", "change"])
      document.addEventListener(kind, (event) => MOMENTS.includes(event.target.name) && this.ask(), { capture: true, signal: this.left.signal });
    this.ask();
  }

  disconnectedCallback() {
    this.left.abort();
  }

  async ask() {
    const form = document.querySelector("form[data-edit-form]");
    const moments = MOMENTS.map((name) => [name, form?.elements[name]?.value ?? ""]);
    const asked = (this.asked = `${this.dataset.url}&${new URLSearchParams(moments)}`);
    const answer = await fetch(asked, { signal: this.left.signal }).catch(() => null);
    // Without an answer what stands there might be wrong; what was asked first may come last.
    if (asked === this.asked) this.textContent = answer?.ok && !answer.redirected ? await answer.text() : "";
  }
}

customElements.define("publishing-sentence", PublishingSentence);
