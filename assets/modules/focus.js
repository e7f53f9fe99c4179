// After a swap the focus stays where the person was, or goes to what just came.
let focused = null;

document.addEventListener("htmx:beforeSwap", () => {
  const element = document.activeElement;
  focused = element && element !== document.body ? whereOf(element) : null;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const wanted = event.target.querySelector?.("[data-focus]");
  if (wanted) {
    wanted.focus({ preventScroll: true });
  } else if (focused && document.activeElement === document.body) {
    returnFocus(event.target);
  }
});

// A button's name is that of every row's button: to land on the next one would press it unseen.
function whereOf(element) {
  const name = element.matches("button") ? "" : element.name;
  return { id: element.id, name, row: element.closest("li, tr")?.querySelector("a[id]")?.id };
}

// Its element was replaced: the one of the same id or name, or the link of its row, else the
// fragment itself.
function returnFocus(fragment) {
  const byId = focused.id && document.getElementById(focused.id);
  const byName = focused.name && fragment.querySelector(`[name="${CSS.escape(focused.name)}"]`);
  const inRow = focused.row && document.getElementById(focused.row);
  const heir = byId || byName || inRow || fragment;
  if (heir === fragment && !heir.hasAttribute("tabindex")) heir.setAttribute("tabindex", "-1");
  heir.focus({ preventScroll: true });
}

// The summary of a refused form, or what to decide first, is read first.
document.querySelector(".error-summary, [data-focus]")?.focus();
