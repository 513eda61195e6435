import type { RunVerb } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import { bug, invalidInput } from '@lifeboat/kernel';
import { done, resultOf } from '@lifeboat/replication-driver-api';
import type {
  Copy,
  DriverIo,
  Materialised,
  Outcome,
  PointOfDisk,
  ReplicationDriver,
} from '@lifeboat/replication-driver-api';

function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw invalidInput('verb-incomplete', `A verb was sent without its ${what}.`);
  return value;
}

/** Of the verbs that a driver may leave out. */
function has<T>(verb: T | undefined, driver: ReplicationDriver, name: string): T {
  if (verb === undefined)
    throw invalidInput('verb-not-offered', `Driver "${driver.name}" does not offer the verb "${name}".`);
  return verb;
}

/** The message's verb as a call of the driver. */
export async function callDriver(driver: ReplicationDriver, request: RunVerb, io: DriverIo): Promise<Outcome<unknown>> {
  const point = request.point as PointOfDisk;
  const memo = request.memo as Json | undefined;
  const input = request.input as Json | undefined;
  const { options = {}, verb } = request;
  const copy = (): Copy => given(request.copy, 'copy') as Copy;
  const replica = (): Json => given(input, 'replica');
  switch (verb) {
    case 'snapshot':
      return driver.snapshot(point, memo, io);
    case 'transfer':
      return driver.transfer(point, resultOf(driver.name, 'snapshot', given(input, 'snapshot')), memo, io);
    case 'materialise':
      return driver.materialise(point, replica(), copy(), memo, io);
    case 'release':
      return driver.release(point, copy(), memo, io);
    case 'discard': {
      const { last = false } = options;
      return driver.discard(point, input, { sourceLost: request.source === undefined, last }, memo, io);
    }
    case 'lag':
      return done(await has(driver.lag, driver, verb).call(driver, point, input, io));
    case 'promote': {
      const { planned = false } = options;
      return has(driver.promote, driver, verb).call(driver, point, replica(), copy(), { planned }, memo, io);
    }
    case 'reverse':
      return has(driver.reverse, driver, verb).call(driver, point, replica(), madeIn(request), memo, io);
    case 'verify':
      return verify(driver, request, io);
    case 'quiesce':
    case 'unquiesce':
      throw bug('verb-of-a-point', `${verb} is not a driver's.`);
  }
}

function madeIn({ options }: RunVerb): Materialised | undefined {
  const made = options?.made;
  if (!made) return undefined;
  return made.kind === 'volume' ? { kind: 'volume', volumeId: made.id } : { kind: 'image', imageId: made.id };
}

function verify(driver: ReplicationDriver, request: RunVerb, io: DriverIo): Promise<Outcome<unknown>> {
  const copy = madeIn(request);
  const what = copy ? { copy } : { side: request.options?.side ?? 'target' };
  const transferred = resultOf(driver.name, 'transfer', given(request.input, 'point'));
  return has(driver.verify, driver, 'verify').call(
    driver,
    request.point as PointOfDisk,
    transferred,
    what,
    request.memo as Json | undefined,
    io,
  );
}
