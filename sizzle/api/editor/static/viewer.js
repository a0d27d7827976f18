// The frame beside the findings.

export function makeViewer(root, timecodeOf, onPlace) {
  const picture = root.querySelector("img");
  const timecode = root.querySelector(".timecode");
  const note = root.querySelector("figcaption span");
  const facts = root.querySelector("dl");
  const frames = Number(root.dataset.frames);
  let at = 0;

  function show(frame, says, finding = null) {
    at = frame;
    onPlace(frame);
    if (!picture) return;
    root.hidden = false;
    timecode.textContent = timecodeOf(frame);
    note.textContent = [`frame ${frame}`, says].filter(Boolean).join(" · ");
    facts.replaceChildren(...(finding ? factsOf(finding) : []));
    root.classList.toggle("without", frame >= frames);
    if (frame >= frames) {
      picture.removeAttribute("src");
      note.textContent += " · past the media's end";
      return;
    }
    picture.classList.add("loading");
    picture.src = `${root.dataset.source}${frame}.jpg`;
    picture.alt = `Frame ${frame}${says ? ` of ${says}` : ""}`;
  }

  function factsOf(finding) {
    return ["Rule", "Expected", "Found", "Fix"].flatMap((name) => {
      const term = document.createElement("dt");
      const text = document.createElement("dd");
      term.textContent = name;
      text.textContent = finding.querySelector(`[data-label=${name}]`).textContent;
      return [term, text];
    });
  }

  picture?.addEventListener("load", () => picture.classList.remove("loading"));
  picture?.addEventListener("error", () => {
    picture.classList.remove("loading");
    if (picture.hasAttribute("src")) note.textContent += " · cannot be shown";
  });
  for (const button of root.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => {
      const frame = Math.min(frames - 1, Math.max(0, at + Number(button.dataset.step)));
      show(frame, "");
    });
  }

  return {
    show,
    showFinding: (row) => show(Number(row.dataset.frame), row.dataset.clip, row),
  };
}
