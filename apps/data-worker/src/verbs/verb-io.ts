import type { RunVerb } from '@lifeboat/contracts';
import { copyImage } from '@lifeboat/openstack-client';
import { marksOf, offLimits } from '@lifeboat/replication-driver-api';
import type { DriverIo } from '@lifeboat/replication-driver-api';
import { Sites } from '@lifeboat/service-kit';
import { pacer } from './pace.ts';
import type { Slots } from './slots.ts';

/** What one call of a driver sees of the world. Without a source in the message the primary is not even opened. */
export async function verbIo(
  { source, target, point, copy, bytesPerSecond }: RunVerb,
  sites: Sites,
  copies: Slots,
  signal: AbortSignal,
  moved: (bytes: number) => void,
): Promise<DriverIo> {
  const clouds = {
    source: source === undefined ? offLimits('the primary') : await sites.open(source),
    target: await sites.open(target),
  };
  return {
    ...clouds,
    signal,
    moved,
    now: () => new Date().toISOString(),
    pace: pacer(bytesPerSecond, signal),
    ...(bytesPerSecond !== undefined && { bytesPerSecond }),
    ...marksOf(point, copy?.runId),
    copyImage: (from, to) =>
      copies.use(() => copyImage(clouds.source, clouds.target, from.imageId, to.imageId, { signal, moved })),
  };
}
