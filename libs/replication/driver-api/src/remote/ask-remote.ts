import type { Json, LifeboatError } from '@lifeboat/kernel';
import { asLifeboatError, external, timedOut, unavailable } from '@lifeboat/kernel';
import type { z } from 'zod';

/**
 * Sends a JSON document and resolves with the one that comes back; whoever hosts the driver has a bus for it. Rejects with `unavailable` when nobody
 * listens or the bus is away, with `timeout` when no answer comes in time, and when the signal is aborted.
 */
export type DriverRequest = (
  subject: string,
  body: Json,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
) => Promise<unknown>;

export interface RemoteAddress {
  readonly name: string;
  /** How long one call may take. */
  readonly timeoutMs: number;
}

/** One question to a driver's process, its answer checked. Throws retryable `driver-away` and `driver-slow`, and `driver-answer-malformed`. */
export async function askRemote<A>(
  { name, timeoutMs }: RemoteAddress,
  request: DriverRequest,
  question: { readonly subject: string; readonly body: object; readonly answer: z.ZodType<A> },
  signal: AbortSignal = new AbortController().signal,
): Promise<A> {
  const { subject, body, answer } = question;
  const raw = await request(subject, plain(body), { timeoutMs, signal }).catch((thrown: unknown) => {
    throw notAnswered(name, subject, asLifeboatError(thrown));
  });
  const parsed = answer.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw external(
    'driver-answer-malformed',
    `Driver "${name}" answered on ${subject} what its protocol does not know: ${parsed.error.issues.map((issue) => `${issue.path.join('.') || '(all)'}: ${issue.message}`).join('; ')}`,
    { retry: 'no', mend: 'This is a mistake in the driver: lifeboat-driver-test shows where.' },
  );
}

/** As it may travel: without what is undefined. */
const plain = (body: object): Json => JSON.parse(JSON.stringify(body)) as Json;

function notAnswered(name: string, subject: string, thrown: LifeboatError): LifeboatError {
  if (thrown.kind === 'timeout')
    return timedOut('driver-slow', `Driver "${name}" did not answer on ${subject} in time.`, {
      mend: 'A call has to answer in-progress before its time-out (timeoutSeconds in the drivers file) and go on by itself.',
      cause: thrown,
    });
  if (thrown.kind !== 'unavailable') return thrown;
  return unavailable(
    'driver-away',
    `The process of driver "${name}" does not answer on ${subject}: ${thrown.message}`,
    {
      mend: 'Start it, and see that it is connected to the same NATS.',
      cause: thrown,
    },
  );
}
