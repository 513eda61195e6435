import type { Json } from '@lifeboat/kernel';
import { asLifeboatError, LifeboatError } from '@lifeboat/kernel';
import { randomUUID } from 'node:crypto';
import type { DriverIo, Lag, Needs, Outcome, PointOfDisk, ReplicationDriver, Support } from '../driver.ts';
import { failed } from '../driver.ts';
import type { Mark } from '../mark.ts';
import { isOffLimits } from '../off-limits.ts';
import { askRemote } from './ask-remote.ts';
import type { DriverRequest, RemoteAddress } from './ask-remote.ts';
import { DescriptionOf } from './described.ts';
import { API, CancelAnswer, NeedsAnswer, subjectOf, SupportsAnswer, VerbAnswer } from './protocol.ts';
import type { Verb } from './protocol.ts';
import { resultOf } from './result.ts';

const CANCEL_MS = 2_000;

type Rest = {
  readonly memo?: Json | undefined;
  readonly input?: unknown;
  readonly copy?: unknown;
  readonly serving?: unknown;
  readonly options?: object;
};

export interface RemoteDriver {
  readonly driver: ReplicationDriver;
  /** Asks it to describe itself, unless it did a moment ago; with the reason when it cannot be used now. */
  present(): Promise<Support>;
  /** As it said last; undefined when it said none. */
  version(): string | undefined;
}

/**
 * A driver that is a process of its own, as one that is called. Needs no process to be there: what is asked meanwhile fails `transient` with
 * `driver-away`, and `supports` says so as its reason.
 */
export function remoteDriver(address: RemoteAddress, request: DriverRequest): RemoteDriver {
  const description = new DescriptionOf(address, request);
  const { name } = address;
  const { known } = description;
  const call = <T>(verb: Verb, point: PointOfDisk, io: DriverIo, rest: Rest): Promise<Outcome<T>> =>
    callVerb<T>(address, request, verb, point, io, rest);
  const driver: ReplicationDriver = {
    name,
    api: API,
    get summary() {
      return known.summary;
    },
    get can() {
      return known.can;
    },
    async supports(disk, sites) {
      const present = await description.present();
      if (!present.ok) return present;
      const question = {
        subject: subjectOf(name, 'supports'),
        body: { api: API, disk, sites },
        answer: SupportsAnswer,
      };
      return askRemote(address, request, question).catch((thrown: unknown) => ({
        ok: false,
        reason: asLifeboatError(thrown).message,
      }));
    },
    needs: (disk, verb, first): Promise<Needs> =>
      askRemote(address, request, {
        subject: subjectOf(name, 'needs'),
        body: { api: API, disk, verb, first },
        answer: NeedsAnswer,
      }),
    snapshot: (point, memo, io) => call('snapshot', point, io, { memo }),
    transfer: (point, input, memo, io) => call('transfer', point, io, { memo, input }),
    materialise: (point, input, copy, memo, io) => call('materialise', point, io, { memo, input, copy }),
    release: (point, copy, memo, io) => call('release', point, io, { memo, copy }),
    discard: (point, input, { last }, memo, io) => call('discard', point, io, { memo, input, options: { last } }),
  };
  return {
    driver: withOptionalVerbs(driver, () => known.offers, call),
    present: () => description.present(),
    version: () => known.version,
  };
}

/** A verb that is not offered is not there, which may change when the process is replaced by a newer one. */
function withOptionalVerbs(
  driver: ReplicationDriver,
  offers: () => readonly string[],
  call: <T>(verb: Verb, point: PointOfDisk, io: DriverIo, rest: Rest) => Promise<Outcome<T>>,
): ReplicationDriver {
  const optional: Required<Pick<ReplicationDriver, 'lag' | 'promote' | 'reverse' | 'verify'>> = {
    async lag(point, input, io) {
      const outcome = await call<Lag>('lag', point, io, { input });
      if (outcome.status === 'done') return outcome.result;
      throw outcome.status === 'failed' ? outcome.error : LifeboatError.fromJSON(LAG_WAITS);
    },
    promote: (point, input, copy, options, memo, io) => call('promote', point, io, { memo, input, copy, options }),
    reverse: (point, input, serving, memo, io) => call('reverse', point, io, { memo, input, serving }),
    verify: (point, input, options, memo, io) => call('verify', point, io, { memo, input, options }),
  };
  for (const [verb, run] of Object.entries(optional))
    Object.defineProperty(driver, verb, { enumerable: true, get: () => (offers().includes(verb) ? run : undefined) });
  return driver;
}

const LAG_WAITS = {
  kind: 'external',
  code: 'driver-answer-malformed',
  message: 'A driver answered in-progress to "lag", which is one short look.',
} as const;

async function callVerb<T>(
  address: RemoteAddress,
  request: DriverRequest,
  verb: Verb,
  point: PointOfDisk,
  io: DriverIo,
  rest: Rest,
): Promise<Outcome<T>> {
  const call = randomUUID();
  const body = {
    api: API,
    verb,
    call,
    point,
    ...rest,
    sites: {
      ...(!isOffLimits(io.source) && { source: { name: io.source.site } }),
      target: { name: io.target.site },
    },
    marks: { mark: parts(io.mark('')), markOfPoint: parts(io.markOfPoint('')), markOfDisk: parts(io.markOfDisk('')) },
    bytesPerSecond: io.bytesPerSecond,
  };
  try {
    const question = { subject: subjectOf(address.name, verb), body, answer: VerbAnswer };
    const answer = await askRemote(address, request, question, io.signal);
    io.moved(answer.bytes);
    return outcomeOf<T>(address.name, verb, answer);
  } catch (thrown) {
    // It may be at it all the same: what is called again, or by somebody else, must not meet it.
    if (io.signal.aborted || asLifeboatError(thrown).kind === 'timeout') await cancel(address, request, call);
    throw thrown;
  }
}

/** Who cannot be told is away, or will see by the marks that another call is at it. */
const cancel = (address: RemoteAddress, request: DriverRequest, call: string): Promise<unknown> =>
  askRemote({ ...address, timeoutMs: CANCEL_MS }, request, {
    subject: subjectOf(address.name, 'cancel'),
    body: { api: API, call },
    answer: CancelAnswer,
  }).catch(() => undefined);

const parts = (mark: Mark): Mark =>
  Object.fromEntries(Object.entries(mark).filter(([key]) => key !== 'lifeboat_purpose'));

function outcomeOf<T>(name: string, verb: Verb, answer: VerbAnswer): Outcome<T> {
  switch (answer.status) {
    case 'done':
      return { status: 'done', result: resultOf(name, verb, answer.result) as T };
    case 'in-progress': {
      const { memo, againMs, progress } = answer;
      return { status: 'in-progress', memo, againMs, ...(progress !== undefined && { progress }) };
    }
    case 'failed': {
      const { kind, code, message, mend, retry, data } = answer.error;
      const more = { ...(mend !== undefined && { mend }), ...(retry && { retry }), ...(data && { data }) };
      return failed(answer.kind, LifeboatError.fromJSON({ kind, code, message, ...more }));
    }
  }
}
