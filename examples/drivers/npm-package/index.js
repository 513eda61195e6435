// A Lifeboat driver as an npm package: carries disks between two "clouds" that are directories of files.
// It stands for a storage array with two sites; keep the shape and replace what touches files.
import { configured, done, inProgress, tagsOf } from '@lifeboat/replication-driver-api';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const NAME = 'vault';
const AGAIN_MS = 10;

/** What stands under `drivers.vault` of the drivers file: `{ sites: { alpha: /srv/alpha, beta: /srv/beta } }`. */
const settingsSchema = {
  safeParse: (value) =>
    typeof value?.sites === 'object' && Object.values(value.sites).every((folder) => typeof folder === 'string')
      ? { success: true, data: value }
      : { success: false, error: new Error('sites: a folder for each site is wanted') },
};

/** A name that follows from the mark: who makes it again finds it. Where your system takes metadata, put the mark there instead. */
function nameOf(mark) {
  const text = tagsOf(mark).toSorted().join('\n');
  return `lifeboat-${mark.lifeboat_purpose}-${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
}

const partOf = (path) => `${path}.part`;
const remove = async (path) => {
  for (const one of [path, partOf(path)]) await rm(one, { force: true });
};

/** Its name is given last: what bears it is whole. */
async function copyTo(from, to, io) {
  await pipeline(
    createReadStream(from),
    async function* counted(chunks) {
      for await (const chunk of chunks) {
        await io.pace(chunk.length);
        yield chunk;
        io.moved(chunk.length);
      }
    },
    createWriteStream(partOf(to), { flush: true }),
    { signal: io.signal },
  );
  await rename(partOf(to), to);
}

const can = {
  consistency: 'crash-per-disk',
  carries: 'bytes',
  incremental: false,
  unplanned: true,
  rollback: 'copies',
  rights: 'member',
  leavesAtSource: [],
};

function vault(settings) {
  const place = async (cloud, folder, name) => {
    const root = join(settings.sites[cloud.site], folder);
    await mkdir(root, { recursive: true });
    return join(root, name);
  };
  return {
    name: NAME,
    api: 1,
    summary: 'Copies disks that are files between directories; an example.',
    can,

    supports(disk, sites) {
      const unknown = Object.values(sites).find(({ site }) => !settings?.sites[site]);
      if (unknown) return { ok: false, reason: `drivers.${NAME} names no folder for site "${unknown.site}"` };
      if (disk.kind !== 'volume') return { ok: false, reason: 'it carries volumes only' };
      if (disk.encrypted) return { ok: false, reason: 'the volume is encrypted' };
      return disk.status === 'error' ? { ok: false, reason: 'the volume is in status "error"' } : { ok: true };
    },
    needs: (_disk, verb) =>
      verb === 'replicate'
        ? { source: { 'volume:snapshots': 1 }, target: { 'volume:replicas': 1 } }
        : { source: {}, target: { 'volume:volumes': 1 } },
    ...verbsIn(place),
  };
}

/** `place`: the path of a thing of a cloud. */
const verbsIn = (place) => ({
  async snapshot(point, _memo, io) {
    const snapshot = await place(io.source, 'snapshots', nameOf(io.mark('snapshot')));
    if (!existsSync(snapshot)) {
      // A directory has no snapshots: a copy made in one go stands for one. The file's time is that of its moment.
      const requested = new Date(io.now());
      await copyFile(await place(io.source, 'disks', point.disk.id), partOf(snapshot));
      await utimes(partOf(snapshot), requested, requested);
      await rename(partOf(snapshot), snapshot);
    }
    const { mtime } = await stat(snapshot);
    return done({ requestedAt: mtime.toISOString(), completedAt: io.now(), snapshot: { file: snapshot } });
  },

  async transfer(_point, { snapshot }, _memo, io) {
    const replica = await place(io.target, 'replicas', nameOf(io.mark('replica')));
    if (!existsSync(replica)) {
      await copyTo(snapshot.file, replica, io);
      return inProgress({ copied: true }, AGAIN_MS);
    }
    await remove(snapshot.file);
    return done({ replica: { file: replica }, bytes: (await stat(replica)).size });
  },

  async materialise(_point, replica, _copy, _memo, io) {
    const name = nameOf(io.mark('copy'));
    const copy = await place(io.target, 'copies', name);
    if (!existsSync(copy)) await copyTo(replica.file, copy, io);
    return done({ kind: 'volume', volumeId: name });
  },

  async release(_point, _copy, _memo, io) {
    await remove(await place(io.target, 'copies', nameOf(io.mark('copy'))));
    return done(null);
  },

  async discard(_point, _replica, { sourceLost }, _memo, io) {
    await remove(await place(io.target, 'replicas', nameOf(io.mark('replica'))));
    if (!sourceLost) await remove(await place(io.source, 'snapshots', nameOf(io.mark('snapshot'))));
    return done(null);
  },
});

/** What Lifeboat asks a package for. */
export const drivers = [configured(NAME, settingsSchema, vault)];
