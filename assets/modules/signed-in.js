// Words are not sent in the name of nobody: sent after the session ended they would be lost on the
// way to the sign-in page. Before a form with typed words goes, its page is asked for once more. The
// record saves itself and minds this alone.
const FRESH = 5 * 60 * 1000; // ms: so soon after its page came, nobody was signed out
const mark = document.querySelector("template[data-signed-in]");
let since = Date.now();
let sure = null;

const words = (form) => [...form.querySelectorAll("textarea")].some((area) => area.value.trim());
const watched = (form) =>
  mark && form !== sure && form.method === "post" && !form.dataset.shelf && Date.now() - since > FRESH && words(form);

async function asked() {
  const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
  if (!answer) return { why: "offline" };
  if (answer.type === "opaqueredirect") return { why: "out" };
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const who = page.querySelector("template[data-signed-in]")?.dataset.signedIn;
  if (who && who !== mark.dataset.signedIn) return { why: "somebody" };
  return { token: page.querySelector("[name=csrfmiddlewaretoken]")?.value };
}

function say(form, why) {
  form.querySelector("[data-not-sent]")?.remove();
  const note = mark.content.querySelector(`[data-why=${why}]`).cloneNode(true);
  note.dataset.notSent = "";
  (form.querySelector(".form-actions") ?? form.lastElementChild).before(note);
  note.focus();
}

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (!watched(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { why, token } = await asked();
  if (why) return say(form, why);
  if (token && form.elements.csrfmiddlewaretoken) form.elements.csrfmiddlewaretoken.value = token;
  sure = form;
  form.requestSubmit(submitter);
}, true);
