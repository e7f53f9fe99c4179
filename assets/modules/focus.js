// After a swap the focus stays where the person was, or goes to what just came.
let focused = null;

document.addEventListener("htmx:beforeSwap", () => {
  const element = document.activeElement;
  focused = element && element !== document.body ? { id: element.id, name: element.name } : null;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const wanted = event.target.querySelector?.("[data-focus]");
  if (wanted) {
    wanted.focus({ preventScroll: true });
  } else if (focused && document.activeElement === document.body) {
    returnFocus(event.target);
  }
});

// Its element was replaced: the one of the same id or name, else the fragment itself.
function returnFocus(fragment) {
  const byId = focused.id && document.getElementById(focused.id);
  const byName = focused.name && fragment.querySelector(`[name="${CSS.escape(focused.name)}"]`);
  const heir = byId || byName || fragment;
  if (heir === fragment && !heir.hasAttribute("tabindex")) heir.setAttribute("tabindex", "-1");
  heir.focus({ preventScroll: true });
}

// The summary of a refused form, or what to decide first, is read first.
document.querySelector(".error-summary, [data-focus]")?.focus();
