// Good news leaves by itself after a while, unless somebody is at it; the rest waits to be closed.
const STAYS = 9000;

document.addEventListener("click", (event) => {
  event.target.closest("[data-close-toast]")?.closest(".toast-note").remove();
});

function leaveLater(toast) {
  setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) leaveLater(toast);
    else toast.remove();
  }, STAYS);
}

function watch() {
  for (const toast of document.querySelectorAll(".toast-note.is-success:not([data-leaving])")) {
    toast.dataset.leaving = "";
    leaveLater(toast);
  }
}

watch();
document.addEventListener("htmx:afterSettle", watch);
