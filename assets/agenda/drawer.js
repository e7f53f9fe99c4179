// The detail of an appointment, over the page; without a script its link opens the whole page.
const drawer = document.getElementById("drawer");

export async function openDrawer(address) {
  if (!drawer || !window.htmx) {
    window.location.assign(address);
    return;
  }
  if (!drawer.open) drawer.showModal();
  await window.htmx.ajax("GET", address, { target: "#drawer-body", swap: "innerHTML" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-drawer]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  openDrawer(link.href);
});

// A click beside it closes it, as Escape does.
drawer?.addEventListener("click", (event) => {
  if (event.target === drawer) drawer.close();
});
drawer?.addEventListener("close", () => document.getElementById("drawer-body").replaceChildren());
