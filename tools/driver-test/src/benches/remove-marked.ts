import { asLifeboatError } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { markedIn } from '@lifeboat/replication-driver-api';
import { until } from '@lifeboat/testing';

const FOLDERS = { volume: '/volumes', snapshot: '/snapshots', backup: '/backups', image: '/images' } as const;
const PATIENCE_MS = 300_000;

/** Removes what bears a mark of Lifeboat, in a project that is known to have held nothing such. Asked again and again: one thing goes after another. */
export async function removeMarked(cloud: Cloud): Promise<void> {
  await until(
    `what bears a mark at ${cloud.site} to be gone`,
    async () => {
      const left = Object.keys(await markedIn(cloud));
      for (const one of left) await remove(cloud, one);
      return left.length === 0 ? true : undefined;
    },
    { timeoutMs: PATIENCE_MS, everyMs: 1_000 },
  );
}

async function remove(cloud: Cloud, what: string): Promise<void> {
  const [kind = '', id = ''] = what.split(' ');
  const service = kind === 'image' ? cloud.image : cloud.volume;
  try {
    await service.delete(`${FOLDERS[kind as keyof typeof FOLDERS]}/${id}`);
  } catch (thrown) {
    // In use by what goes first, or busy.
    if (!['conflict', 'invalid-input'].includes(asLifeboatError(thrown).kind)) throw thrown;
  }
}
