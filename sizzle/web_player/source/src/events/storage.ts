// What must outlive a reload. Each entry has a key of its own, so that two tabs lose nothing to each
// other. Where the browser keeps nothing, or has no room, it is held in memory.

const PREFIX = "sizzle.";

export class Kept<T> {
  readonly #memory = new Map<string, T>();

  /** @param isValid whether a value is ours; anything else under our keys is ignored. */
  constructor(
    readonly name: string,
    readonly isValid: (value: unknown) => value is T,
  ) {}

  /** Keys and values, in the order of their keys. */
  entries(): [string, T][] {
    const found = new Map(this.#memory);
    for (const key of this.#keys()) {
      const value = this.#parsed(key);
      if (value !== undefined) found.set(key, value);
    }
    return [...found].sort(([one], [other]) => (one < other ? -1 : 1));
  }

  get(key: string): T | undefined {
    return this.#memory.get(key) ?? this.#parsed(key);
  }

  set(key: string, value: T): void {
    try {
      localStorage.setItem(this.#full(key), JSON.stringify(value));
    } catch {
      this.#memory.set(key, value);
    }
  }

  delete(key: string): void {
    this.#memory.delete(key);
    try {
      localStorage.removeItem(this.#full(key));
    } catch {
      // Without storage there was only the memory.
    }
  }

  #keys(): string[] {
    try {
      const start = this.#full("");
      const all = Object.keys(localStorage).filter((key) => key.startsWith(start));
      return all.map((key) => key.slice(start.length));
    } catch {
      return [];
    }
  }

  #parsed(key: string): T | undefined {
    try {
      const value: unknown = JSON.parse(localStorage.getItem(this.#full(key)) ?? "null");
      return this.isValid(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }

  #full(key: string): string {
    return `${PREFIX}${this.name}.${key}`;
  }
}
