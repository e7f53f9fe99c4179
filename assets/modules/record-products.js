// Rows of products: a lot by its first letters or by a scan (a scanner types and presses Enter),
// rows that come and go, the minutes between preparing and injecting.
const form = document.getElementById("record-form");
const MANY = 3;
const WAIT = 120;

if (form) {
  const box = form.querySelector("[data-products]");
  const total = form.querySelector("[name=products-TOTAL_FORMS]");
  const model = form.querySelector("template[data-empty-row]");
  const rows = () => [...box.querySelectorAll("[data-product]")];
  const told = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));
  let next = rows().length;
  total.value = next;
  rows().forEach(prepare);
  look();

  function add() {
    const holder = document.createElement("div");
    holder.innerHTML = model.innerHTML.replaceAll("__prefix__", next);
    next += 1;
    total.value = next;
    const row = holder.querySelector("[data-product]");
    for (const part of row.querySelectorAll("[data-script]")) part.hidden = false;
    box.append(row);
    prepare(row);
    return row;
  }

  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-add-row]")) add().querySelector("[data-find-lot]").focus();
    const gone = event.target.closest("[data-remove-row]")?.closest("[data-product]");
    if (gone) remove(gone);
  });
  form.addEventListener("record:rows", (event) => {
    while (rows().length < event.detail) add();
  });
  form.addEventListener("input", look);
  form.addEventListener("change", look);

  function remove(row) {
    const after = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    ((after?.matches("[data-product]") && after) || add()).querySelector("[data-find-lot]").focus();
    told(total);
  }

  function filled(row) {
    const lot = row.querySelector("[name$='-lot']");
    return Boolean(lot?.value) && (lot.type !== "checkbox" || lot.checked);
  }

  function look() {
    form.querySelector("[data-many]").hidden = rows().filter(filled).length <= MANY;
    for (const row of rows()) {
      const [before, after] = ["prepared_at", "injected_at"].map((name) => minutes(row.querySelector(`[name$='-${name}']`).value));
      const out = row.querySelector("[data-minutes]");
      const between = after - before;
      out.textContent = between >= 0 ? `${between} ${out.dataset.unit}` : "";
    }
  }

  function minutes(hour) {
    const found = /^\s*(\d{1,2})\s*[:hH.]?\s*(\d{2})\s*$/.exec(hour);
    return found ? Number(found[1]) * 60 + Number(found[2]) : NaN;
  }

  // --- Choosing a lot --------------------------------------------------------------------------
  function prepare(row) {
    const field = row.querySelector("[data-find-lot]");
    const list = row.querySelector("[role=listbox]");
    const options = () => [...list.querySelectorAll("[data-lot]:not([aria-disabled])")];
    let timer = 0;
    let current = -1;
    let shown = null; // the query that the list answers

    function close() {
      list.hidden = true;
      list.replaceChildren();
      shown = null;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    }

    function mark(index) {
      const all = options();
      current = all.length ? (index + all.length) % all.length : -1;
      all.forEach((option, i) => option.setAttribute("aria-selected", String(i === current)));
      if (current < 0) return field.removeAttribute("aria-activedescendant");
      field.setAttribute("aria-activedescendant", all[current].id);
      all[current].scrollIntoView({ block: "nearest" });
    }

    async function search() {
      clearTimeout(timer);
      const query = field.value;
      const address = `${form.dataset.lots}?${new URLSearchParams({ q: query })}`;
      const answer = await fetch(address, { redirect: "manual" }).catch(() => null);
      if (!answer?.ok || query !== field.value) return;
      list.innerHTML = await answer.text();
      [...list.children].forEach((option, i) => (option.id = `${list.id}-${i}`));
      list.hidden = false;
      shown = query;
      field.setAttribute("aria-expanded", "true");
      mark(query.trim() ? 0 : -1);
    }

    function choose(option) {
      const info = row.querySelector("[data-lot-info]");
      const lot = Object.assign(document.createElement("input"), { type: "hidden", value: option.dataset.lot });
      lot.name = field.name.replace(/find$/, "lot");
      info.replaceChildren(lot, ...[...option.childNodes].map((node) => node.cloneNode(true)));
      field.value = "";
      close();
      told(field);
      row.querySelector("[name$='-volume_ml']").focus();
    }

    field.addEventListener("input", () => {
      clearTimeout(timer);
      if (!field.value.trim()) close();
      else timer = setTimeout(search, WAIT);
    });
    field.addEventListener("keydown", async (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      if (event.key === "Enter" && field.value.trim()) {
        event.preventDefault();
        if (shown !== field.value) await search(); // a scanner is faster than the answer
        const option = options()[Math.max(current, 0)];
        if (option) choose(option);
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) await search();
        mark(current + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      }
    });
    list.addEventListener("mousedown", (event) => !event.target.closest("a") && event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[data-lot]:not([aria-disabled])");
      if (option) choose(option);
    });
    row.querySelector(".product-find").addEventListener("focusout", (event) => {
      if (!event.currentTarget.contains(event.relatedTarget)) close();
    });
  }
}
