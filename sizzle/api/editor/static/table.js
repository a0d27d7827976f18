// Filters and sorts the findings.

const BY_NUMBER = new Set(["frame", "track"]);

export function makeTable(form, table, rows, onShown) {
  const body = table.tBodies[0];
  const [severity, rule] = form.querySelectorAll("select");
  const text = form.querySelector("input");
  const count = form.querySelector("output");

  function filter() {
    const wanted = text.value.trim().toLowerCase();
    const shown = rows.filter((row) => {
      row.hidden =
        (severity.value && row.dataset.severity !== severity.value) ||
        (rule.value && row.dataset.rule !== rule.value) ||
        (wanted && !row.textContent.toLowerCase().includes(wanted));
      return !row.hidden;
    });
    const all = rows.length;
    count.textContent = shown.length === all ? `${all} finding${all === 1 ? "" : "s"}` : `${shown.length} of ${all}`;
    onShown(new Set(shown.map((row) => row.dataset.number)));
  }

  function sort(head) {
    const key = head.dataset.sort;
    const down = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down < 0 ? "descending" : "ascending");
    const compare = BY_NUMBER.has(key)
      ? (a, b) => a.dataset[key] - b.dataset[key]
      : (a, b) => a.dataset[key].localeCompare(b.dataset[key]);
    const sorted = [...rows].sort((a, b) => down * compare(a, b) || a.dataset.number - b.dataset.number);
    body.append(...sorted);
  }

  for (const head of table.querySelectorAll("[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(head));
  }
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
}
