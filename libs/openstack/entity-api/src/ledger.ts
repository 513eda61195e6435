import type { Json } from '@lifeboat/kernel';
import type { Ref } from './entity.ts';

export interface LedgerEntry {
  readonly ref: Ref;
  /**
   * `intended`: about to be made. `made`: it stands, its second calls may be missing. `settled`: those were made too. `finished`: the last touches
   * as well. `removed`: gone again, or, of what stood there before, as it was.
   */
  readonly state: 'intended' | 'made' | 'settled' | 'finished' | 'removed';
  readonly targetId?: string;
  /**
   * `created`, `found` (stood there, not ours), `provided`, `mapped: <rule>`, `returned` (an original that serves again), `staged` (stood there prepared), or
   * `left out: <why>`; of an original, by its own id, `made way`. Only what was created is ever removed.
   */
  readonly how?: string;
  /** Look-alikes that stood there before; for types that cannot bear a mark. */
  readonly before?: readonly string[];
  /** What stood there and was changed: what it was like before, for the undo. */
  readonly looked?: Json;
}

/** How is entered what stood there and serves: an original that serves again, and what was staged; and an original that has given up what it held. */
export const RETURNED = 'returned';
export const STAGED = 'staged';
/** Both are changed for the run, and put back by its undo. */
export const TAKEN_UP: readonly string[] = [RETURNED, STAGED];
export const MADE_WAY = 'made way';

const STATES: readonly LedgerEntry['state'][] = ['intended', 'made', 'settled', 'finished', 'removed'];

/** Whether an entry is of a later moment than what was known: entries only go on. */
export const isLater = ({ state }: LedgerEntry, known: LedgerEntry | undefined): boolean =>
  known === undefined || STATES.indexOf(state) > STATES.indexOf(known.state);

const LEFT_OUT = 'left out: ';

/** How an entity is entered that is not made, so that all else goes on. */
export const howLeftOut = (why: string): string => `${LEFT_OUT}${why}`;
/** Why it was left out; `undefined` when it was not. */
export const whyLeftOut = (entry: LedgerEntry | undefined): string | undefined =>
  entry?.how?.startsWith(LEFT_OUT) ? entry.how.slice(LEFT_OUT.length) : undefined;

/** What a run made, kept where a crash cannot take it. Every write is durable when it returns. */
export interface Ledger {
  entries(): Promise<readonly LedgerEntry[]>;
  put(entry: LedgerEntry): Promise<void>;
  /** As if there had never been an entry of it. */
  forget(ref: Ref): Promise<void>;
}

export class MemoryLedger implements Ledger {
  private readonly rows = new Map<string, LedgerEntry>();

  entries(): Promise<readonly LedgerEntry[]> {
    return Promise.resolve([...this.rows.values()]);
  }

  put(entry: LedgerEntry): Promise<void> {
    this.rows.set(`${entry.ref.kind}/${entry.ref.id}`, entry);
    return Promise.resolve();
  }

  forget({ kind, id }: Ref): Promise<void> {
    this.rows.delete(`${kind}/${id}`);
    return Promise.resolve();
  }
}
