// Sends the form with its progress, and says what is wrong with it beside it.

const form = document.querySelector("#upload");
const file = form.querySelector("[name=timeline]");
const drop = form.querySelector(".drop");
const chosen = drop.querySelector("output");
const alert = form.querySelector("[role=alert]");
const bar = form.querySelector("progress");
const button = form.querySelector("button");

function showChosen() {
  const [first] = file.files;
  chosen.textContent = first ? `${first.name}, ${size(first.size)}` : "";
  chosen.hidden = !first;
  drop.classList.toggle("filled", Boolean(first));
  const asset = form.querySelector("[name=asset_id]");
  if (first && !asset.value) asset.value = idOf(first.name);
}

function size(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function idOf(name) {
  return name.replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "").slice(0, 100);
}

function say(problem) {
  alert.textContent = problem.fix ? `${problem.detail} Fix: ${problem.fix}` : problem.detail;
  alert.hidden = false;
  bar.hidden = true;
  button.disabled = false;
}

function send() {
  // fetch cannot say how much of a body is sent.
  const request = new XMLHttpRequest();
  request.open("POST", "/v1/ingests");
  request.setRequestHeader("Idempotency-Key", crypto.getRandomValues(new Uint32Array(4)).join("-"));
  request.upload.onprogress = (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  };
  request.onerror = () => say({ detail: "The service cannot be reached.", fix: "try again." });
  request.onload = () => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      answer = { detail: `The service answered ${request.status}.` };
    }
    if (request.status === 202) location.assign(`/editor/ingests/${answer.id}`);
    else say(answer);
  };
  alert.hidden = true;
  bar.hidden = false;
  button.disabled = true;
  request.send(new FormData(form));
}

drop.classList.add("scripted");
file.addEventListener("change", showChosen);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});

// A file may be dropped anywhere on the page: one that misses must not take its place.
addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  if (event.dataTransfer.files.length) {
    file.files = event.dataTransfer.files;
    showChosen();
  }
});
addEventListener("pageshow", () => {
  button.disabled = false;
  bar.hidden = true;
  showChosen();
});
