// The fields of a record as plain values, and back.
const UNSEEN = new Set(["csrfmiddlewaretoken", "base", "seen"]);
const CHOICE = "kept-"; // between a kept text and the record: only its button sends it

export function pairsOf(form) {
  return [...new FormData(form)].filter(([name]) => !UNSEEN.has(name) && !name.startsWith(CHOICE));
}

export function draftOf(form) {
  const body = new FormData(form);
  for (const name of [...body.keys()]) if (name.startsWith(CHOICE)) body.delete(name);
  return body;
}

// As one text, to be compared. What was found out before signing is no part of it.
export function fieldsOf(form) {
  return JSON.stringify(pairsOf(form));
}

// Sets every input of that name to these values.
export function setField(form, name, values) {
  const inputs = [...form.elements].filter((element) => element.name === name);
  for (const input of inputs) {
    if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
    else input.value = values[0] ?? "";
  }
  inputs[0]?.dispatchEvent(new CustomEvent("record:set", { bubbles: true }));
}
