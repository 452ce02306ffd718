// A link that somebody has wrapped stands in the text as its target at once, not only when it is saved.
const ours = new WeakSet();

async function cleaned(parts) {
  const body = new FormData();
  for (const [name, text] of Object.entries(parts)) body.append(name, text);
  try {
    const headers = { "X-CSRFToken": window.wagtailConfig.CSRF_TOKEN };
    const answer = await fetch("/admin/eingefuegt/", { method: "POST", body, headers });
    return answer.ok ? await answer.json() : parts;
  } catch {
    return parts; // saving will read them
  }
}

// Captured, so that the editor has not taken it before.
document.addEventListener(
  "paste",
  async (event) => {
    const field = event.target.closest?.(".public-DraftEditor-content");
    const [html, text] = ["text/html", "text/plain"].map((kind) => event.clipboardData?.getData(kind) ?? "");
    if (!field || ours.has(event) || !(/\shref=/i.test(html) || /^\s*https?:\/\/\S+\s*$/i.test(text))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const found = await cleaned({ html, text });
    const clipboardData = new DataTransfer();
    if (found.html) clipboardData.setData("text/html", found.html);
    clipboardData.setData("text/plain", found.text);
    const again = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    ours.add(again);
    field.dispatchEvent(again);
  },
  true,
);
