/** Premiere's theme; UXP's `document` knows it, the types of the web do not. */
interface ThemedDocument {
  readonly theme?: {
    getCurrent(): string;
    readonly onUpdated: { addListener(listener: (theme: string) => void): void };
  };
}

/** Follow the editor's choice of a light or dark Premiere; dark where it cannot be known. */
export function followTheme(document: Document): void {
  const { theme } = document as ThemedDocument;
  if (!theme) return;
  const apply = (name: string) =>
    document.body.classList.toggle("theme-light", !name.includes("dark"));
  try {
    apply(theme.getCurrent());
    theme.onUpdated.addListener(apply);
  } catch {
    // In the wrong colours the panel still works.
  }
}
