// Finds and makes elements of the page.

/** The element at a selector, which the page is known to have. */
export function find<T extends Element = HTMLElement>(
  selector: string,
  root: ParentNode = document,
): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  text = "",
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** A copy of a template's content. */
export function stamp(id: string): HTMLElement {
  const template = find<HTMLTemplateElement>(`#${id}`);
  return template.content.firstElementChild!.cloneNode(true) as HTMLElement;
}

/** Colour an element by rank; style.css has the colours of the first eight. */
export function colour(element: HTMLElement, rank: number): void {
  element.dataset["rank"] = String(Math.min(rank, 9));
}
