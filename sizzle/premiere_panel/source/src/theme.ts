/** Premiere's theme; UXP's `document` knows it, the types of the web do not. */
interface ThemedDocument {
  readonly theme?: {
    getCurrent(): string;
    readonly onUpdated: { addListener(listener: (theme: string) => void): void };
  };
}

/** Follow the editor's choice of a light or dark Premiere. */
export function followTheme(document: Document): void {
  const { theme } = document as ThemedDocument;
  if (!theme) return;
  const apply = (name: string) =>
    document.body.classList.toggle("theme-light", !name.includes("dark"));
  theme.onUpdated.addListener(apply);
  apply(theme.getCurrent());
}
