import { timedOut, unavailable } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { errors } from '@nats-io/nats-core';
import type { Bus } from './bus.ts';

/** One JSON document to whoever listens on a subject, and the one that comes back. */
export type JsonRequest = (
  subject: string,
  body: Json,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
) => Promise<unknown>;

/**
 * Asks processes that are none of ours, which know no envelopes, errors or parts. Throws `unavailable` `nobody-listens` or `bus-away`, `timeout`
 * `no-answer-in-time`, and `unavailable` `answer-no-json`; when the signal is aborted, its reason.
 */
export const jsonRequests =
  (bus: Bus): JsonRequest =>
  async (subject, body, { timeoutMs, signal }) => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const nc = await bus.connection(within);
    const asked = nc.request(subject, JSON.stringify(body), { timeout: timeoutMs }).catch((thrown: unknown) => {
      throw unanswered(subject, thrown);
    });
    const answer = await unlessAborted(bus.unlessAway(asked), signal);
    try {
      return answer.json<unknown>();
    } catch (cause) {
      throw unavailable('answer-no-json', `What came back on ${subject} is no JSON.`, { cause });
    }
  };

function unlessAborted<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([asked, promise]).finally(() => signal.removeEventListener('abort', abort));
}

function unanswered(subject: string, cause: unknown): Error {
  if (cause instanceof errors.NoRespondersError || (cause instanceof errors.RequestError && cause.isNoResponders()))
    return unavailable('nobody-listens', `Nobody listens on ${subject}.`, { cause });
  if (cause instanceof errors.TimeoutError)
    return timedOut('no-answer-in-time', `No answer came on ${subject} in time.`, { cause });
  return unavailable('bus-away', `NATS did not carry a request on ${subject}.`, { cause });
}
