// The record of a session saves itself while it is written, and loses no word: not to a lost
// connection, an ended session, another writer or a closed tab. Without this file it is a plain form
// with a button. See docs/decisions on words that are not saved yet.
import { draftOf, fieldsOf, setField } from "./record-fields.js";
import { shelf } from "./record-shelf.js";
import "./record-choices.js";
import "./record-products.js";

const form = document.getElementById("record-form");
const PAUSE = 1500;
const AGAIN = 15_000;
const LARGEST = 2_300_000; // the server takes 2.5 MB
const LARGEST_WHILE_LEAVING = 60_000; // what a browser still sends when its page is gone

if (form) start();

function start() {
  const status = form.querySelector("[data-status]");
  const words = status.querySelector("[data-status-text]");
  const kept = shelf(form);
  let timer = 0;
  let saving = null;
  let saved = fieldsOf(form);
  let leaving = false;

  const isDirty = () => fieldsOf(form) !== saved;

  function say(name, { link = "", more = "" } = {}) {
    words.textContent = [status.dataset[name], more].filter(Boolean).join(" ");
    status.dataset.state = name;
    if (!link) return;
    const to = Object.assign(document.createElement("a"), { href: link, target: "_blank", rel: "noopener" });
    to.textContent = status.dataset.outLink;
    words.append(" ", to);
  }

  function changed() {
    if (leaving || !isDirty()) return;
    if (!["offline", "out", "somebody"].includes(status.dataset.state)) say("dirty");
    kept.put();
    plan(PAUSE);
  }

  function plan(after) {
    clearTimeout(timer);
    timer = setTimeout(save, after);
  }

  // One save at a time; whoever asks meanwhile waits for the next one.
  async function save() {
    clearTimeout(timer);
    if (saving) {
      await saving;
      return isDirty() ? save() : true;
    }
    if (!isDirty()) return true;
    saving = send();
    try {
      return await saving;
    } finally {
      saving = null;
    }
  }

  async function send(isSecond = false) {
    const body = draftOf(form);
    const sent = fieldsOf(form);
    if (sent.length > LARGEST) return say("long"), false;
    say("saving");
    let answer;
    try {
      answer = await fetch(form.action, {
        method: "POST", body, redirect: "manual", headers: { Accept: "application/json" },
        keepalive: sent.length < LARGEST_WHILE_LEAVING,
      });
    } catch {
      return later("offline");
    }
    if (answer.type === "opaqueredirect") return later("out");
    const isJson = answer.headers.get("Content-Type")?.includes("json");
    // Signing in gives a new token: the page asks for it, and sends again.
    if (answer.status === 403 && !isJson) return !isSecond && (await freshToken()) ? send(true) : later("out");
    if (answer.status === 403) return later("somebody");
    if (answer.status === 413 || answer.status === 400) return say("long"), false;
    if (answer.status === 409 || answer.status === 410) return handOver(sent);
    if (!answer.ok || !isJson) return later("offline");
    take(await answer.json(), sent);
    return true;
  }

  function later(why) {
    say(why, why === "offline" ? {} : { link: form.dataset.login });
    kept.put();
    plan(AGAIN);
    return false;
  }

  async function freshToken() {
    const answer = await fetch(form.dataset.page, { redirect: "manual" });
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#record-form [name=csrfmiddlewaretoken]");
    if (fresh) form.elements.csrfmiddlewaretoken.value = fresh.value;
    return Boolean(fresh);
  }

  // Somebody else wrote the same fields, or signed: the server has kept what was sent, and shows
  // both. What was typed since goes after it.
  function handOver(sent) {
    leaving = true;
    kept.clear();
    if (fieldsOf(form) === sent) window.location.replace(form.dataset.page);
    else form.submit();
    return false;
  }

  function take(answer, sent) {
    form.elements.base.value = answer.version;
    const typedOn = fieldsOf(form) !== sent;
    for (const [name, values] of Object.entries(answer.fresh)) setField(form, name, values);
    saved = typedOn ? sent : fieldsOf(form);
    showErrors(answer.errors);
    document.getElementById("sign").innerHTML = answer.summary;
    const wrong = Object.keys(answer.errors).length > 0;
    const more = wrong ? status.dataset.wrong : answer.waiting ? `· ${status.dataset.waiting}` : "";
    say("saved", { more: `${answer.at} ${more}`.trim() });
    if (isDirty()) plan(PAUSE);
    else if (!wrong && !answer.waiting) kept.clear();
    if (answer.reload && !isDirty()) window.location.reload();
  }

  function showErrors(errors) {
    for (const place of form.querySelectorAll("[data-error]")) {
      const name = place.dataset.error;
      const text = (errors[name] ?? []).join(" ");
      if (place.firstChild?.textContent !== text) place.textContent = text;
      const field = form.elements[name];
      if (field instanceof HTMLElement) {
        field.classList.toggle("is-invalid", Boolean(text));
        field.toggleAttribute("aria-invalid", Boolean(text));
      }
    }
  }

  // --- When ------------------------------------------------------------------------------------
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("focusout", () => isDirty() && plan(200));
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  for (const name of ["online", "focus"]) window.addEventListener(name, () => isDirty() && !leaving && save());
  document.addEventListener("visibilitychange", () => document.hidden && isDirty() && !leaving && save());
  window.addEventListener("pagehide", () => isDirty() && !leaving && save());
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-same]");
    if (!link) return;
    event.preventDefault();
    if (await save()) window.location.replace(link.href);
  });

  // --- Keys --------------------------------------------------------------------------------------
  const button = form.querySelector("[data-sign]");
  document.addEventListener("keydown", async (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      if (document.activeElement === button) return form.requestSubmit(button);
      await save();
      document.getElementById("sign").scrollIntoView({ block: "start" });
      button.focus({ preventScroll: true });
    } else if (event.target.form === form && event.target.matches("input") && !event.defaultPrevented) {
      event.preventDefault(); // Enter never signs by chance
      save();
    }
  });

  if ("unsaved" in form.dataset) {
    saved = "";
    window.history.replaceState(null, "", form.dataset.page);
    save();
  }
  kept.take().then((found) => {
    if (!found) return;
    say("restored");
    saved = "";
    save();
  });
}

const more = document.querySelector("template[data-keys-more]");
if (more) document.querySelector("#keys dl")?.append(more.content);
