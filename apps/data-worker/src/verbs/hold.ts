import { HoldVerb } from '@lifeboat/contracts';
import type { RunVerb } from '@lifeboat/contracts';
import type { LifeboatError } from '@lifeboat/kernel';
import type { Asker } from '@lifeboat/service-kit';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

const RENEW_MS = 1_500;

/** This process, and not the one before it on this host. */
const WORKER = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;

export interface Hold extends Disposable {
  /** Aborted when data-replication says that the verb is not ours any more. */
  readonly signal: AbortSignal;
  /** What the call may send now, as last told; while data-replication is away that goes on. */
  bytesPerSecond(): number | undefined;
}

/**
 * Asks for a verb and keeps asking while it runs. `undefined`: it is not to be run by us. While data-replication is away the work goes on: nobody
 * else can be given it.
 */
export async function holdVerb(
  asker: Asker,
  { taskId, call }: RunVerb,
  moved: () => number,
): Promise<Hold | undefined> {
  const ask = () => asker.ask(HoldVerb, { taskId, call, worker: WORKER, bytes: moved() }, { timeoutMs: 3_000 });
  let told = await ask();
  if (!told.held) return undefined;
  const lost = new AbortController();
  const timer = setInterval(() => {
    ask().then(
      (answer) => {
        told = answer;
        if (!answer.held) lost.abort();
      },
      (thrown: LifeboatError) => thrown.retryable || lost.abort(thrown),
    );
  }, RENEW_MS);
  return {
    signal: lost.signal,
    bytesPerSecond: () => told.bytesPerSecond,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
