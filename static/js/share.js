// Adds to the box "Teilen" what only this device can do; without this module the box works with mail and address.
const box = document.querySelector(".share");
const address = box?.querySelector("#share-address");
const share = box?.querySelector("[data-share]");
const copy = box?.querySelector("[data-copy]");
const status = box?.querySelector("[role=status]");

if (share && navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => {
    // A reader who closes the device's dialogue rejects the promise; that is no error.
    navigator.share({ title: document.title, url: address.value }).catch(() => {});
  });
}

if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(address.value);
      status.textContent = "Die Adresse ist kopiert.";
    } catch {
      address.select();
      status.textContent = "Bitte die markierte Adresse selbst kopieren.";
    }
  });
}

address?.addEventListener("focus", () => address.select());
