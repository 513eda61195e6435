import { z } from 'zod';
import {
  Capabilities,
  Copy,
  Disk,
  ErrorBody,
  Lag,
  Marks,
  Materialised,
  Needs,
  PointOfDisk,
  Promoted,
  Reversed,
  SiteFacts,
  Sites,
  SnapshotTaken,
  Transferred,
  Verified,
} from './values.ts';

/**
 * Driver protocol 1: a driver as a process of its own, asked by NATS request/reply with JSON. The documents, one of each for the reference. Unknown
 * fields are let through, so that either side may be newer.
 */

export const API = 1;

const api = z.literal(API);
const verbs = ['snapshot', 'transfer', 'materialise', 'release', 'discard'] as const;
const optional = ['lag', 'promote', 'reverse', 'verify'] as const;
export const OptionalVerb = z.enum(optional);
export type OptionalVerb = z.infer<typeof OptionalVerb>;
export const VERBS = [...verbs, ...optional] as const;
export type Verb = (typeof VERBS)[number];

export const DescribeRequest = z.object({ api });
export const Description = z.object({
  api: z.number().int().meta({ description: 'Version of this protocol that the process speaks: 1.' }),
  name: z.string(),
  version: z.string().optional().meta({ description: "The process's own." }),
  summary: z.string(),
  can: Capabilities,
  offers: z
    .array(z.string())
    .default([])
    .meta({ description: `Verbs that need not be offered, and are: ${optional.join(', ')}.` }),
});
export type Description = z.infer<typeof Description>;

const Refusal = z.object({ ok: z.literal(false), reason: z.string() });
export const SupportsRequest = z.object({ api, disk: Disk, sites: z.object({ source: SiteFacts, target: SiteFacts }) });
export const SupportsAnswer = z.discriminatedUnion('ok', [z.object({ ok: z.literal(true) }), Refusal]);

export const NeedsRequest = z.object({
  api,
  disk: Disk,
  verb: z.enum(['replicate', 'materialise']),
  first: z.boolean().meta({ description: 'The target has nothing of the disk yet.' }),
});
export const NeedsAnswer = Needs;

const VerbBase = z.object({
  api,
  call: z
    .string()
    .meta({ description: 'Names this call, for `cancel`. Two calls of the same verb have different names.' }),
  point: PointOfDisk,
  sites: Sites,
  marks: Marks,
  memo: z.json().optional().meta({ description: 'What your last in-progress answer said; may be older, or missing.' }),
  bytesPerSecond: z.number().optional().meta({ description: 'The most you may send; absent: as fast as it goes.' }),
});
const replica = z.json().meta({ description: 'What your transfer answered as `replica`.' });
const one = <V extends Verb, S extends z.ZodRawShape>(verb: V, shape: S) =>
  VerbBase.extend({ verb: z.literal(verb), ...shape });

export const VerbRequest = z.discriminatedUnion('verb', [
  one('snapshot', {}),
  one('transfer', { input: SnapshotTaken }),
  one('materialise', { input: replica, copy: Copy }),
  one('release', { copy: Copy }),
  one('discard', {
    input: replica.optional().meta({ description: 'Absent: the point never completed; all that bears its mark goes.' }),
    options: z.object({
      last: z.boolean().meta({ description: 'No other point of the disk is kept, or being made, at this target.' }),
    }),
  }),
  one('lag', { input: replica.optional() }),
  one('promote', { input: replica, copy: Copy, options: z.object({ planned: z.boolean() }) }),
  one('reverse', {
    input: replica,
    serving: Materialised.optional().meta({
      description:
        'The copy that serves: the next point is of it, the other way. What you make for that bears its mark as its replica would.',
    }),
  }),
  one('verify', {
    input: Transferred,
    options: z.union([z.object({ side: z.enum(['source', 'target']) }), z.object({ copy: Materialised })]),
  }),
]);
export type VerbRequest = z.infer<typeof VerbRequest>;

const bytes = z.number().default(0).meta({ description: 'Moved since the last answer for this verb of this disk.' });

export const VerbAnswer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('done'), result: z.json().meta({ description: 'See `results`, by verb.' }), bytes }),
  z.object({
    status: z.literal('in-progress'),
    memo: z.json(),
    againMs: z.number().min(0).meta({ description: 'When to ask again, milliseconds.' }),
    progress: z.number().min(0).max(1).optional(),
    bytes,
  }),
  z.object({
    status: z.literal('failed'),
    kind: z.enum(['transient', 'permanent', 'misconfigured']).meta({
      description:
        '`transient`: is tried again. `permanent`: the point or run fails. `misconfigured`: an operator has to change something.',
    }),
    error: ErrorBody,
    bytes,
  }),
]);
export type VerbAnswer = z.infer<typeof VerbAnswer>;

/** What `result` of a verb that is done holds. */
export const RESULTS = {
  snapshot: SnapshotTaken,
  transfer: Transferred,
  materialise: Materialised,
  release: z.null(),
  discard: z.null(),
  lag: Lag,
  promote: Promoted,
  reverse: Reversed,
  verify: Verified,
} as const satisfies Readonly<Record<Verb, z.ZodType>>;

export const CancelRequest = z.object({ api, call: z.string() });
export const CancelAnswer = z.object({ ok: z.literal(true) }).meta({
  description:
    'Nothing of the call, nor of what it began in the background, goes on. Also for calls that are not known.',
});

export const describeSubject = (name: string): string => `lifeboat.driver.${name}.describe`;
export const subjectOf = (name: string, what: Verb | 'supports' | 'needs' | 'cancel'): string =>
  `lifeboat.driver.${name}.v${API}.${what}`;
