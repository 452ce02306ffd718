// On a telephone the cells of a row of Wagtail's lists stand one below the other: each gets the name of its column.
const nameCells = () => {
  for (const table of document.querySelectorAll("table.listing")) {
    const names = [...table.querySelectorAll("thead tr:last-child > *")].map((cell) => cell.querySelector("a.label")?.textContent ?? cell.textContent);
    for (const cell of table.querySelectorAll("tbody > tr > td:not(.title, .ord, .bulk-action-checkbox-cell, [data-label])")) {
      const name = names[cell.cellIndex]?.trim(), text = cell.textContent.trim();
      if (name && text && !text.startsWith(name)) cell.dataset.label = name;
    }
  }
};
nameCells();
document.addEventListener("w-swap:success", nameCells); // after a search or a filter
