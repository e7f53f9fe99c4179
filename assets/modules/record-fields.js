// The fields of a record as plain values, and back.
const UNSEEN = new Set(["csrfmiddlewaretoken", "base", "seen"]);

export function pairsOf(form) {
  return [...new FormData(form)].filter(([name]) => !UNSEEN.has(name));
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
