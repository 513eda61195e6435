import { z } from 'zod';
import { Name } from './common.ts';

/** What the parts of a recovery plan are made of. */

export const Seconds = z.number().int().min(1).max(3_600);

/** Exactly one of these keys: a union would answer a mistake in one of them by "invalid input". */
export const oneOf =
  (...keys: readonly string[]) =>
  (value: object, context: z.core.$RefinementCtx): void => {
    const given = keys.filter((key) => (value as Readonly<Record<string, unknown>>)[key] !== undefined);
    if (given.length === 1) return;
    const found = given.length === 0 ? 'there is none of them' : `there are ${given.join(' and ')}`;
    context.addIssue({ code: 'custom', message: `needs exactly one of ${keys.join(', ')}: ${found}` });
  };

/** Which servers: all that fit. A tag is a tag of the server's or its metadata `lifeboat=<tag>`. */
export const ServerSelector = z
  .strictObject({
    id: z.string().min(1).optional(),
    name: z.string().min(1).optional(),
    tag: z.string().min(1).optional(),
    /** All of these pairs. */
    metadata: z.record(z.string().min(1), z.string()).optional(),
  })
  .superRefine(oneOf('id', 'name', 'tag', 'metadata'));
export type ServerSelector = z.infer<typeof ServerSelector>;

const isUrlWithoutSecret = (url: string): boolean => URL.canParse(url) && new URL(url).password === '';
/** A plan could else speak for Lifeboat, or to the server itself. */
const isOthersSubject = (subject: string): boolean => !/^(lifeboat|_INBOX|\$[A-Z]+)(\.|$)/.test(subject);

/** Whom a plan can call. Any call may come twice, with the same key. */
export const calls = {
  webhook: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/, error: 'no http or https address' })
        .refine(
          isUrlWithoutSecret,
          'has a password in it: plans are read by many, sign the call by `signedBy` instead',
        ),
      /** One of the secrets that the plans file names. */
      signedBy: Name.optional(),
    })
    .optional(),
  /** One of the commands that the plans file names. */
  command: Name.optional(),
  /** A NATS subject on which somebody answers. */
  request: z
    .string()
    .regex(/^[A-Za-z0-9_$-]+(\.[A-Za-z0-9_-]+)*$/, 'no NATS subject')
    .refine(isOthersSubject, "is one of Lifeboat's own or of NATS: name a subject of yours")
    .optional(),
};

/** What is called before or after a wave. */
export const Hook = z
  .strictObject({
    ...calls,
    /** So long it may take, all tries together; 60 without it. */
    within: Seconds.optional(),
    /** What a drill does with it; `run` without it. A hook is told of a drill. */
    inDrills: z.enum(['run', 'skip']).optional(),
  })
  .superRefine(oneOf('webhook', 'command', 'request'));
export type Hook = z.infer<typeof Hook>;

const LONGEST_LEASE = 600;

/**
 * The right to serve, which an agent at the primary renews for the group. One that runs out has the agent stop the group's servers there by itself, so a cut of the
 * link that lasts longer stops what serves, whether or not anybody fails over.
 */
export const Lease = z.strictObject({
  /** So many seconds without a renewal end it. */
  ttl: z.number().int().min(1).max(LONGEST_LEASE),
  /** So many more a failover waits: the time it takes to stop the servers. Nova gives a guest a minute before it powers it off. 120 without it. */
  margin: z.number().int().min(0).max(LONGEST_LEASE).optional(),
});
export type Lease = z.infer<typeof Lease>;

const isCallOrLease = (
  fence: { readonly lease?: Lease | undefined; readonly within?: number | undefined },
  context: z.core.$RefinementCtx,
): void => {
  oneOf('webhook', 'command', 'request', 'lease')(fence, context);
  if (fence.lease && fence.within !== undefined)
    context.addIssue({ code: 'custom', path: ['within'], message: 'a lease takes what its ttl and margin say' });
};

/** What makes sure, without the primary's own API, that it serves no more: it answers when that is so. */
export const Fence = z
  .strictObject({
    ...calls,
    lease: Lease.optional(),
    /** So long a call may take, all tries together; 60 without it. */
    within: Seconds.optional(),
  })
  .superRefine(isCallOrLease);
export type Fence = z.infer<typeof Fence>;

/** In this order; the lease is one, as it is the group's. */
export const Fences = z
  .array(Fence)
  .min(1)
  .max(10)
  .refine((fences) => fences.filter(({ lease }) => lease).length <= 1, 'a plan has one lease at most');

export const Port = z.number().int().min(1).max(65_535);

/** One that was found in the point that a run serves from. */
export const NamedServer = z.object({ id: z.string(), name: z.string() });
