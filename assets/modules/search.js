// The search field of the bar: arrows walk the found patients, Enter opens the one walked to, or
// the first. Before an answer came, Enter sends the form: the page of results works without this.
const field = document.getElementById("search-field");
const list = document.getElementById("search-list");

if (field && list) {
  let current = -1;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const answers = () => list.firstElementChild?.dataset.query === field.value.trim();

  function mark(index) {
    const all = options();
    current = all.length ? (index + all.length) % all.length : -1;
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === current)));
    const chosen = all[current];
    if (chosen) {
      field.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  }

  function close() {
    list.replaceChildren();
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    current = -1;
  }

  const keys = {
    ArrowDown: () => mark(current + 1),
    ArrowUp: () => mark(current < 0 ? -1 : current - 1),
    Escape: close,
    Enter: () => {
      const chosen = options()[Math.max(current, 0)];
      if (!chosen || !answers()) return false;
      chosen.click();
    },
  };

  field.addEventListener("keydown", (event) => {
    const act = list.childElementCount && !event.isComposing && keys[event.key];
    if (act && act() !== false) event.preventDefault();
  });

  list.addEventListener("htmx:afterSwap", () => {
    current = -1;
    field.removeAttribute("aria-activedescendant");
    if (!field.value.trim() || !field.parentElement.contains(document.activeElement)) close();
    else field.setAttribute("aria-expanded", String(list.childElementCount > 0));
  });

  field.addEventListener("input", () => {
    if (!field.value.trim()) close();
  });

  field.parentElement.addEventListener("focusout", (event) => {
    if (!field.parentElement.contains(event.relatedTarget)) close();
  });
}
