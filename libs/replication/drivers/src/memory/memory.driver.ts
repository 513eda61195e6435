import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { bears, done, inProgress, replicationDriver } from '@lifeboat/replication-driver-api';
import type { Disk, Mark, ReplicationDriver } from '@lifeboat/replication-driver-api';
import { idIn as storedId } from '../openstack/stored.ts';

interface Thing {
  readonly id: string;
  readonly mark: Mark;
  readonly createdAt: string;
  readonly whole: boolean;
}

const AGAIN_MS = 10;

async function marked(cloud: Cloud, collection: string, mark: Mark): Promise<readonly Thing[]> {
  const found: Thing[] = [];
  for await (const thing of cloud.volume.list<Thing>(`/${collection}`, collection))
    if (bears(thing.mark, mark)) found.push(thing);
  return found;
}

/** Found by mark, else made. */
async function ensure(cloud: Cloud, collection: string, mark: Mark, from?: Json): Promise<Thing> {
  const [found] = await marked(cloud, collection, mark);
  return found ?? cloud.volume.post<Thing>(`/${collection}`, { mark, ...(from !== undefined && { from }) });
}

async function removeAll(cloud: Cloud, collection: string, mark: Mark): Promise<void> {
  for (const { id } of await marked(cloud, collection, mark)) await cloud.volume.delete(`/${collection}/${id}`);
}

const idIn = (value: Json): string => storedId('memory', value, 'id');

/** The reference: what every driver does, on the smallest clouds there are. For tests, and to read before writing one. */
export const memory: ReplicationDriver = replicationDriver({
  name: 'memory',
  api: 1,
  summary: 'Copies disks between clouds that exist in memory; for tests.',
  can: {
    consistency: 'crash-across-group',
    carries: 'bytes',
    incremental: false,
    unplanned: true,
    rollback: 'copies',
    rights: 'member',
    leavesAtSource: [],
  },

  supports: (disk: Disk) => {
    if (disk.encrypted) return { ok: false, reason: 'the volume is encrypted' };
    return disk.status === 'error' ? { ok: false, reason: 'the volume is in status "error"' } : { ok: true };
  },
  needs: (_disk, verb) =>
    verb === 'replicate'
      ? { source: { 'volume:snapshots': 1 }, target: { 'volume:replicas': 1 } }
      : { source: {}, target: { 'volume:volumes': 1 } },

  async snapshot(point, _memo, io) {
    const [snapshot] = await marked(io.source, 'snapshots', io.mark('snapshot'));
    if (!snapshot) {
      const { id } = await ensure(io.source, 'snapshots', io.mark('snapshot'), { in: 'disks', id: point.disk.id });
      return inProgress({ id }, AGAIN_MS);
    }
    return done({ requestedAt: snapshot.createdAt, completedAt: io.now(), snapshot: { id: snapshot.id } });
  },

  async transfer(_point, taken, memo, io) {
    const replica = await ensure(io.target, 'replicas', io.mark('replica'));
    if (!replica.whole) {
      const { body, size } = await io.source.volume.download(`/snapshots/${idIn(taken.snapshot)}`, {
        signal: io.signal,
      });
      await io.target.volume.upload(`/replicas/${replica.id}`, body, { signal: io.signal });
      io.moved(size ?? 0);
      return inProgress({ id: replica.id, bytes: size ?? 0 }, AGAIN_MS, 0.9);
    }
    await removeAll(io.source, 'snapshots', io.mark('snapshot'));
    return done({ replica: { id: replica.id }, bytes: (memo as { readonly bytes?: number } | undefined)?.bytes ?? 0 });
  },

  async materialise(_point, replica, _copy, _memo, io) {
    const made = await ensure(io.target, 'copies', io.mark('copy'), { in: 'replicas', id: idIn(replica) });
    return done({ kind: 'volume', volumeId: made.id });
  },

  async release(_point, _copy, _memo, io) {
    await removeAll(io.target, 'copies', io.mark('copy'));
    return done(null);
  },

  async discard(_point, _replica, { sourceLost }, _memo, io) {
    await removeAll(io.target, 'replicas', io.mark('replica'));
    if (!sourceLost) await removeAll(io.source, 'snapshots', io.mark('snapshot'));
    return done(null);
  },
});
