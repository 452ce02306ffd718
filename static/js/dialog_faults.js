// A dialog that refuses what was uploaded comes back with its button in sight; what it refuses stands far above.
const goToFault = () => {
  const fault = document.querySelector(".modal .w-field__errors .error-message");
  fault?.closest(".w-field__wrapper")?.querySelector("input, select, textarea")?.focus();
};
new MutationObserver((changes) => {
  const added = changes.filter(({ target }) => target.closest?.(".modal")).flatMap(({ addedNodes }) => [...addedNodes]);
  if (added.some((node) => node.matches?.(".error-message") || node.querySelector?.(".error-message")))
    setTimeout(goToFault, 200); // the tab with the field is opened after the dialog has come back
}).observe(document.body, { childList: true, subtree: true });
