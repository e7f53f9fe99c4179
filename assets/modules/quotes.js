// The PDF of a quote that was given a moment ago comes by itself, once; its link stays on the page.
// It is served as a download, so that the page is not left.
function fetchOnce() {
  for (const link of document.querySelectorAll("a[data-comes-once]")) {
    const key = `quote ${link.dataset.comesOnce}`;
    if (sessionStorage.getItem(key)) continue;
    sessionStorage.setItem(key, "came");
    link.click();
  }
}

fetchOnce();
document.addEventListener("htmx:afterSettle", fetchOnce);
