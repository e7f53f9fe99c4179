// Keys of the whole house: / search, N new series, ? this list. Never while somebody types, and
// off for those who ask so (a dictation program may "type" single letters).
const SWITCH = "single-keys";
const dialog = document.getElementById("keys");

export function isTyping(target) {
  return target instanceof Element
    && (target.isContentEditable || Boolean(target.closest("input, textarea, select, [role=textbox]")));
}

export function keysAreOn() {
  return localStorage.getItem(SWITCH) !== "off";
}

const actions = {
  "/": () => document.getElementById("search-field")?.select(),
  n: () => document.querySelector("[data-key=n]")?.click(),
  "?": showKeys,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]") || !keysAreOn()) return;
  const act = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

function showKeys() {
  dialog?.showModal();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-show-keys]")) showKeys();
});

const choice = dialog?.querySelector("[data-single-keys]");
if (choice) {
  choice.checked = keysAreOn();
  choice.addEventListener("change", () => localStorage.setItem(SWITCH, choice.checked ? "on" : "off"));
}
