// Closes the menu of a small screen when the focus leaves it, so that its button says so; without this module it is
// only out of sight as long as the focus is elsewhere (site.css).
const menu = document.querySelector("#menu");

document.addEventListener("focusin", ({ target }) => {
  if (!menu.contains(target) && !target.contains(menu)) menu.hidePopover?.();
});
