/**
 * The rules that Premiere enforces at run time and its types do not say: what actions are, when
 * they may be made and used, and what a transaction undoes.
 */

/** The fields and methods of a host type, without its call and construct signatures. */
export type Methods<T> = { [Key in keyof T]: T[Key] };

/** What `create…Action` methods return; only the ledger that made it can run it. */
export class FakeAction {
  used = false;

  constructor(
    readonly scope: number,
    readonly run: () => void,
  ) {}
}

/** What a fake can be told to do when a transaction touches a locked track. */
export type LockedTrack = "answers false" | "throws" | "does nothing";

/** A part of the project's state that a transaction can change, and undo can bring back. */
export interface Undoable {
  save(): () => void;
}

/** Counts the calls into Premiere that wait for an answer, and how many waited at once. */
export class Meter {
  calls = 0;
  mostAtOnce = 0;
  private waiting = 0;

  async answer<Value>(value: () => Value): Promise<Value> {
    this.calls += 1;
    this.waiting += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.waiting);
    await Promise.resolve();
    this.waiting -= 1;
    return value();
  }
}

/** Locks, transactions and the undo stack of one project. */
export class Ledger {
  readonly meter = new Meter();
  /** What `addAction` answers: the types say a boolean, Premiere may answer nothing. */
  addActionAnswer: boolean | undefined = undefined;
  readonly undone: string[] = [];
  readonly stack: { readonly label: string; readonly restore: () => void }[] = [];
  private readonly parts: Undoable[] = [];
  private depth = 0;
  private scope = 0;

  /** Undo is to bring this back too. */
  watch(part: Undoable): void {
    this.parts.push(part);
  }

  /** As `create…Action` does: refused unless the project is locked. */
  action(run: () => void): FakeAction {
    this.demandLock();
    return new FakeAction(this.scope, run);
  }

  lockedAccess(callback: () => unknown): void {
    this.depth += 1;
    this.scope += 1;
    try {
      if (callback() instanceof Promise) throw new Error("The lock is gone before it is awaited");
    } finally {
      this.depth -= 1;
    }
  }

  executeTransaction(callback: (compound: FakeCompound) => unknown, label = ""): boolean {
    this.demandLock();
    const compound = new FakeCompound(this.scope, this.addActionAnswer);
    const answer = callback(compound);
    compound.close();
    if (answer instanceof Promise) throw new Error("The transaction ends before it is awaited");
    if (!label) throw new Error("The undo menu would show an empty name");
    if (compound.empty) return false;
    return this.run(compound.actions, label);
  }

  /** Edit > Undo. */
  undo(): string {
    const last = this.stack.pop();
    if (!last) throw new Error("Nothing to undo");
    last.restore();
    return last.label;
  }

  /** All or nothing: an action that fails leaves the project as it was. */
  private run(actions: readonly FakeAction[], label: string): boolean {
    const saved = this.parts.map((part) => part.save());
    const restore = () => saved.forEach((each) => each());
    try {
      actions.forEach((action) => action.run());
    } catch (error) {
      restore();
      if (error instanceof Declined) return false;
      throw error;
    }
    this.stack.push({ label, restore });
    return true;
  }

  private demandLock(): void {
    if (!this.depth) throw new Error("Requires locked access");
  }
}

/** An action that Premiere does not carry out, for which it answers false and no more. */
export class Declined extends Error {}

/** Collects actions, but only while its transaction's callback runs. */
export class FakeCompound {
  readonly actions: FakeAction[] = [];
  private open = true;

  constructor(
    private readonly scope: number,
    private readonly answer: boolean | undefined,
  ) {}

  get empty(): boolean {
    return !this.actions.length;
  }

  addAction(action: unknown): boolean | undefined {
    if (!this.open) throw new Error("The transaction is over");
    if (!(action instanceof FakeAction)) throw new Error("Illegal Parameter type");
    if (action.scope !== this.scope) throw new Error("The action is of an earlier lock");
    if (action.used) throw new Error("The action is in a transaction already");
    action.used = true;
    this.actions.push(action);
    return this.answer;
  }

  close(): void {
    this.open = false;
  }
}
