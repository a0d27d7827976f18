/** UXP's encrypted storage. It may lose what it keeps, and an editor can enter it again. */

import type { KeptSecret } from "../host";

/** The part of `require("uxp").storage.secureStorage` that the panel uses. */
export interface SecureStorage {
  setItem(name: string, value: string): Promise<void>;
  getItem(name: string): Promise<Uint8Array | null | undefined>;
  removeItem(name: string): Promise<void>;
}

const NAME = "dynamic-sizzles.key";

/** The service's key. */
export class UxpSecret implements KeptSecret {
  /** @param storage - null where there is none: then the key is entered at each start. */
  constructor(private readonly storage: SecureStorage | null) {}

  async read(): Promise<string> {
    try {
      const bytes = await this.storage?.getItem(NAME);
      // Keys are ASCII; UXP has no TextDecoder.
      return bytes ? String.fromCharCode(...bytes) : "";
    } catch {
      return "";
    }
  }

  async keep(secret: string): Promise<void> {
    try {
      await (secret ? this.storage?.setItem(NAME, secret) : this.storage?.removeItem(NAME));
    } catch {
      // What cannot be kept is entered again.
    }
  }
}
