// The number of members whom a rule selects, asked for as it is typed.

const output = document.querySelector("[data-count]");
const rule = document.querySelector("[data-rule]");
const expected = document.querySelector("[data-expected]");
let timer;
let latest = 0;

async function count() {
  const asked = ++latest;
  const query = rule ? { rule: rule.value } : { segment: output.dataset.segment };
  try {
    const response = await fetch(`/outreach/segments/count?${new URLSearchParams(query)}`);
    const found = response.ok ? await response.json() : { error: "It cannot be counted now." };
    if (asked === latest) show(found);
  } catch {
    if (asked === latest) output.textContent = "The service cannot be reached.";
  }
}

function show(found) {
  output.className = found.error ? "error" : "";
  if (found.error) {
    output.textContent = found.line ? `Line ${found.line}: ${found.error}` : found.error;
    return;
  }
  const [number, of] = [found.count, found.of].map((each) => each.toLocaleString("en"));
  output.textContent = [`${number} of ${of} members now.`, ...found.findings].join(" ");
  if (expected) expected.value = found.count;
}

rule?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(count, 400);
});
if (output && (rule || output.dataset.segment)) count();
