/** What a clip is called: `<title_id>-clip-<n>`, n counted from 1 within the title. */
export interface ClipKey {
  readonly titleId: string;
  readonly number: number;
}

const KEY = /^(.+)-clip-([1-9][0-9]{0,5})$/;
const TITLE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** The highest number that a key can spell. */
export const HIGHEST_NUMBER = 999_999;

/** Whether a text is fit to be a title id. */
export function isTitleId(text: string): boolean {
  return TITLE_ID.test(text);
}

/** The key that a text spells, or null where it spells none. */
export function parseKey(text: string): ClipKey | null {
  const match = KEY.exec(text.trim());
  const titleId = match?.[1];
  if (titleId === undefined || !isTitleId(titleId)) return null;
  return { titleId, number: Number(match?.[2]) };
}

/** The name of a title's n-th clip. */
export function keyText(titleId: string, number: number): string {
  return `${titleId}-clip-${number}`;
}
