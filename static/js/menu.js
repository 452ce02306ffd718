// Closes the menu of a small screen when the focus leaves it, and gives the focus to its button: what would have had it
// lies under the menu. Without this module the menu is out of sight as long as the focus is elsewhere (header.css).
const menu = document.querySelector("#menu");

document.addEventListener("focusin", ({ target }) => {
  if (!menu.hidePopover || !menu.matches(":popover-open") || menu.contains(target)) return;
  menu.hidePopover();
  document.querySelector("[popovertarget=menu]").focus();
});
