// The same note at the corner as the server's messages.
export function toast(level, text) {
  const note = document.createElement("div");
  note.className = `toast-note is-${level}`;
  const words = document.createElement("div");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.dataset.closeToast = "";
  close.setAttribute("aria-label", document.querySelector("#drawer .btn-close")?.ariaLabel ?? "×");
  note.append(words, close);
  document.getElementById("messages").append(note);
  if (level === "success") setTimeout(() => note.remove(), 9000);
}
