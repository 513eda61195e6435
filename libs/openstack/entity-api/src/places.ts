import type { Ref } from './entity.ts';

/** Which entities were seen, and which are only referred to: their ids by kind, and no more of them, as there may be very many. */
export class Places {
  private readonly byKind = new Map<string, Map<string, boolean>>();

  see({ kind, id }: Ref): void {
    this.of(kind).set(id, true);
  }

  refer({ kind, id }: Ref): void {
    const ids = this.of(kind);
    if (!ids.has(id)) ids.set(id, false);
  }

  saw({ kind, id }: Ref): boolean {
    return this.byKind.get(kind)?.get(id) === true;
  }

  /** Referred to, and not seen. */
  *unseen(): Generator<Ref> {
    for (const [kind, ids] of this.byKind) for (const [id, seen] of ids) if (!seen) yield { kind, id };
  }

  private of(kind: string): Map<string, boolean> {
    const known = this.byKind.get(kind) ?? new Map<string, boolean>();
    this.byKind.set(kind, known);
    return known;
  }
}
