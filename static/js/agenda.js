// What is ticked stands on the box that is shut again.
for (const part of document.querySelectorAll(".agenda details"))
  part.addEventListener("change", () => {
    const names = [...part.querySelectorAll("input:checked")].map((box) => box.closest("label").textContent.trim());
    part.querySelector("[data-chosen]").textContent = names.join(", ") || "wählen";
  });
