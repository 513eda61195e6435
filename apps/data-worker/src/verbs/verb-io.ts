import type { RunVerb } from '@lifeboat/contracts';
import { copyImage } from '@lifeboat/openstack-client';
import { marksOf, offLimits } from '@lifeboat/replication-driver-api';
import type { DriverIo } from '@lifeboat/replication-driver-api';
import { Sites } from '@lifeboat/service-kit';
import { pacer } from './pace.ts';
import type { Slots } from '@lifeboat/kernel';

/** What the host of a call knows of it. */
export interface Held {
  readonly signal: AbortSignal;
  readonly moved: (bytes: number) => void;
  /** What may be sent now; `undefined`: as much as goes. */
  readonly bytesPerSecond: () => number | undefined;
}

/** What one call of a driver sees of the world. Without a source in the message the primary is not even opened. */
export async function verbIo(
  { source, target, point, copy }: RunVerb,
  sites: Sites,
  copies: Slots,
  { signal, moved, bytesPerSecond }: Held,
): Promise<DriverIo> {
  const clouds = {
    source: source === undefined ? offLimits('the primary') : await sites.open(source),
    target: await sites.open(target),
  };
  const [pace, limit] = [pacer(bytesPerSecond, signal), bytesPerSecond()];
  return {
    ...clouds,
    signal,
    moved,
    now: () => new Date().toISOString(),
    pace,
    ...(limit !== undefined && { bytesPerSecond: limit }),
    ...marksOf(point, copy?.runId),
    copyImage: (from, to) =>
      copies.use(() => copyImage(clouds.source, clouds.target, from.imageId, to.imageId, { signal, moved, pace })),
  };
}
