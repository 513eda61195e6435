import type { RunVerb } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import { invalidInput } from '@lifeboat/kernel';
import type {
  Copy,
  DriverIo,
  Outcome,
  PointOfDisk,
  ReplicationDriver,
  SnapshotTaken,
} from '@lifeboat/replication-driver-api';

const given = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw invalidInput('verb-incomplete', `A verb was sent without its ${what}.`);
  return value;
};

/** The message's verb as a call of the driver. */
export function callDriver(driver: ReplicationDriver, request: RunVerb, io: DriverIo): Promise<Outcome<unknown>> {
  const point = request.point as PointOfDisk;
  const memo = request.memo as Json | undefined;
  const input = request.input as Json | undefined;
  const copy = (): Copy => given(request.copy, 'copy') as Copy;
  switch (request.verb) {
    case 'snapshot':
      return driver.snapshot(point, memo, io);
    case 'transfer':
      return driver.transfer(point, given(input, 'snapshot') as unknown as SnapshotTaken, memo, io);
    case 'materialise':
      return driver.materialise(point, given(input, 'replica'), copy(), memo, io);
    case 'release':
      return driver.release(point, copy(), memo, io);
    case 'discard':
      return driver.discard(point, input, { sourceLost: request.source === undefined }, memo, io);
  }
}
