import { sameJson } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import type { Entity, EntityType, FieldRule, Ref, Target, Topology } from './entity.ts';
import { whyLeftOut } from './ledger.ts';
import type { LedgerEntry } from './ledger.ts';
import type { RunState } from './run-state.ts';
import { refKey } from './topology.ts';

export interface ReceiptLine {
  readonly field: string;
  readonly outcome: 'carried' | 'mapped' | 'dropped' | 'unexplained';
  readonly why?: string;
  readonly captured?: Json;
  readonly recovered?: Json;
}

export interface EntityReceipt {
  readonly kind: string;
  readonly name: string;
  readonly sourceId: string;
  readonly targetId?: string;
  readonly fields: readonly ReceiptLine[];
}

/** Every field of every captured entity: carried, mapped by which rule, dropped and why, or unexplained. Pure. */
export function receipt(
  captured: Topology,
  recovered: Topology,
  state: Pick<RunState, 'entry' | 'target' | 'run'>,
): readonly EntityReceipt[] {
  return captured.entities.map((entity) => {
    const entry = state.entry(entity);
    const head = { kind: entity.kind, name: entity.name, sourceId: entity.id };
    const twin = entry?.targetId === undefined ? undefined : recovered.get({ kind: entity.kind, id: entry.targetId });
    const type = state.run.registry.get(entity.kind);
    const to = state.target(entity);
    const notes = (type.notes?.(entity, to) ?? []).map(({ field, dropped }): ReceiptLine => ({
      field,
      outcome: 'dropped',
      why: dropped,
    }));
    const leftOut = whyLeftOut(entry);
    if (leftOut !== undefined)
      return { ...head, fields: [{ field: '(all)', outcome: 'dropped', why: leftOut }, ...notes] };
    if (!entry || !twin)
      return {
        ...head,
        fields: [{ field: '(all)', outcome: 'unexplained', why: 'does not stand at the target' }, ...notes],
      };
    const unseen = (entity.unseen ?? []).map(({ field, reason }): ReceiptLine => ({
      field,
      outcome: 'dropped',
      why: `could not be read: ${reason}`,
    }));
    const judge: Judge = { entity, twin, entry, to, rules: rulesOf(type, entity, to) };
    return {
      ...head,
      targetId: entry.targetId ?? '',
      fields: [...specLines(judge), ...refLines(judge, state), ...unseen, ...notes],
    };
  });
}

export interface Totals {
  readonly compared: number;
  readonly carried: number;
  readonly mapped: number;
  readonly dropped: number;
  readonly unexplained: number;
}

export function totalsOf(receipts: readonly EntityReceipt[]): Totals {
  const count = (outcome: ReceiptLine['outcome']): number =>
    receipts.reduce((sum, r) => sum + r.fields.filter((f) => f.outcome === outcome).length, 0);
  return {
    compared: receipts.reduce((sum, r) => sum + r.fields.length, 0),
    carried: count('carried'),
    mapped: count('mapped'),
    dropped: count('dropped'),
    unexplained: count('unexplained'),
  };
}

/** What the lines of one entity are judged by. */
interface Judge {
  readonly entity: Entity;
  readonly twin: Entity;
  readonly entry: LedgerEntry;
  readonly to: Target;
  readonly rules: Readonly<Record<string, FieldRule>>;
}

const rulesOf = (type: EntityType, entity: Entity, to: Target): Readonly<Record<string, FieldRule>> =>
  (typeof type.fields === 'function' ? type.fields(entity, to) : type.fields) ?? {};

function specLines(judge: Judge): readonly ReceiptLine[] {
  const { entity, twin } = judge;
  const skip = new Set([...(entity.unseen ?? []), ...(twin.unseen ?? [])].map((u) => u.field));
  const fields = [...new Set([...Object.keys(entity.spec), ...Object.keys(twin.spec)])].filter(
    (field) => !skip.has(field),
  );
  const named = 'name' in entity.spec || 'name' in twin.spec ? [] : [line('name', entity.name, twin.name, judge)];
  const lines = [...named, ...fields.map((field) => line(field, entity.spec[field], twin.spec[field], judge))];
  // Readable there but not here says nothing about what was carried; unreadable there cannot be compared.
  const blind = (twin.unseen ?? []).filter(
    (u) => !entity.unseen?.some((e) => e.field === u.field) && u.field in entity.spec,
  );
  return [
    ...lines,
    ...blind.map(({ field, reason }): ReceiptLine => ({
      field,
      outcome: 'mapped',
      why: `sent as captured; cannot be read back: ${reason}`,
    })),
  ];
}

function refLines(judge: Judge, state: Pick<RunState, 'entry'>): readonly ReceiptLine[] {
  const { entity, twin, rules } = judge;
  const names = [...new Set([...Object.keys(entity.refs), ...Object.keys(twin.refs)])];
  return names.map((name) => {
    const refs = [entity.refs[name] ?? []].flat() as readonly Ref[];
    const isLost = (ref: Ref): boolean => whyLeftOut(state.entry(ref)) !== undefined;
    const wanted = refs.filter((ref) => !isLost(ref)).map((ref) => targetKey(ref, state));
    const got = ([twin.refs[name] ?? []].flat() as readonly Ref[]).map(refKey);
    const lost = refs.filter(isLost);
    // The two clouds list the same set by different ids, so in different orders.
    const ordered = rules[`refs.${name}`]?.ordered ?? false;
    const field = `refs.${name}`;
    const judged = ordered ? line(field, wanted, got, judge) : line(field, wanted.sort(), got.sort(), judge);
    if (lost.length === 0 || judged.outcome === 'unexplained') return judged;
    return { ...judged, outcome: 'dropped', why: `left out: ${lost.map(refKey).join(', ')}` };
  });
}

const targetKey = (ref: Ref, state: Pick<RunState, 'entry'>): string =>
  `${ref.kind}/${state.entry(ref)?.targetId ?? `(${ref.kind} ${ref.id} was not carried)`}`;

/** Sealed twice, a secret is two texts with one digest. */
const comparable = (value: Json | undefined): Json => {
  if (value && typeof value === 'object' && !Array.isArray(value) && '$sealed' in value)
    return (value as { digest?: Json }).digest ?? null;
  return value ?? null;
};

function line(
  field: string,
  before: Json | undefined,
  after: Json | undefined,
  { rules, entry, to }: Judge,
): ReceiptLine {
  const [captured, recovered] = [comparable(before), comparable(after)];
  if (sameJson(captured, recovered)) return { field, outcome: 'carried' };
  const rule = rules[field];
  const values = { captured, recovered };
  if (rule?.dropped) return { field, outcome: 'dropped', why: rule.dropped, ...values };
  if (rule?.mapped) return { field, outcome: 'mapped', why: rule.mapped, ...values };
  if (rule?.mapping && typeof captured === 'string' && to.mapped(rule.mapping, captured) === recovered)
    return { field, outcome: 'mapped', why: `mapping ${rule.mapping}: "${captured}" to "${recovered}"`, ...values };
  if (entry.how?.startsWith('mapped'))
    return { field, outcome: 'mapped', why: entry.how.replace(/^mapped: /, ''), ...values };
  return { field, outcome: 'unexplained', ...values };
}
