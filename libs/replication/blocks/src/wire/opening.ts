import { z } from 'zod';
import { KEY_BYTES } from '../hash/keyed-hash.ts';
import { LARGEST } from '../geometry.ts';
import { broken } from './frame.ts';
import { decodeJson } from './messages.ts';

const Root = z.string().regex(/^[0-9a-f]{64}$/);
const Name = z.string().regex(/^[\w.-]{1,120}$/);

const Opening = z.strictObject({
  version: z.literal(1),
  /** The replica that is to be written. Who may is for the receiver to decide. */
  volume: Name,
  /** Equal for all tries to carry one point. */
  transfer: Name,
  size: z.int().min(1).max(LARGEST),
  /** Of the hashes, base64. */
  key: z
    .base64()
    .transform((text) => Buffer.from(text, 'base64'))
    .refine((key) => key.length === KEY_BYTES),
  /** Root of what the replica is to hold now; none for one that never held a point. */
  base: Root.optional(),
  thorough: z.boolean(),
  /** Of the replica, by which the receiver knows how to get at it. */
  volumeType: z.string().max(255).optional(),
  /** The snapshot of the replica that holds the base. */
  since: Name.optional(),
  /** How the replica is reached, as Cinder told who had it attached for the receiver. May hold a password: never outside of a session. */
  attachment: z.record(z.string(), z.unknown()).optional(),
});

/** What a session begins with. */
export type Opening = Omit<z.infer<typeof Opening>, 'key'> & { readonly key: Buffer };

const Opened = z.strictObject({
  /** What the receiver remembers of the replica may be believed; else it has to read all of it. */
  trusted: z.boolean(),
  /** Bytes of the volume before which all is in place and flushed. */
  position: z.int().min(0).max(LARGEST),
});
export type Opened = z.infer<typeof Opened>;

const Finished = z.strictObject({ root: Root });
const Failed = z.strictObject({ code: z.string(), message: z.string(), mend: z.string().optional() });

function read<T>(schema: z.ZodType<T>, payload: Buffer): T {
  const parsed = schema.safeParse(decodeJson(payload));
  if (!parsed.success) throw broken('a message does not fit');
  return parsed.data;
}

export const openingIn = (payload: Buffer): Opening => read(Opening, payload);
export const openedIn = (payload: Buffer): Opened => read(Opened, payload);
export const finishedIn = (payload: Buffer): z.infer<typeof Finished> => read(Finished, payload);
export const failedIn = (payload: Buffer): z.infer<typeof Failed> => read(Failed, payload);
export const openingOut = (opening: Opening): unknown => ({ ...opening, key: opening.key.toString('base64') });
