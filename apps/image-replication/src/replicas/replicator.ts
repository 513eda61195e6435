import type { ImageReplica } from '@lifeboat/contracts';
import { deterministicId, external, invalidInput, LifeboatError } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { copyImage } from '@lifeboat/openstack-client';
import { Database, Sites } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import type { GlanceImage } from './image-body.ts';
import { replicaBody } from './image-body.ts';
import { ImageReplicaRow, PointImageRow } from './image-replica.row.ts';

const MAX_ATTEMPTS = 5;

/** Makes one image's bytes available at a site. May be called again at any moment: the stored target id and Glance's answer say how far it came. */
@Injectable()
export class Replicator {
  constructor(
    private readonly database: Database,
    private readonly sites: Sites,
  ) {}

  async replicate(
    pointId: string,
    from: string,
    to: string,
    sourceId: string,
    signal: AbortSignal,
  ): Promise<ImageReplica> {
    const [source, target] = [await this.sites.open(from), await this.sites.open(to)];
    const image = await sourceImage(source, sourceId);
    const row = await this.intent(target, to, image);
    const reused = row.state === 'active' && (await this.stands(target, row));
    if (!reused) await this.copy(source, target, image, row, signal);
    await this.database.transaction((tx) =>
      // A repeat finds the replica standing; the first answer counts.
      tx
        .createQueryBuilder()
        .insert()
        .into(PointImageRow)
        .values({ pointId, sourceId, site: to, hash: row.hash, reused })
        .orIgnore()
        .execute(),
    );
    const stored = await this.database.transaction((tx) => tx.findOneByOrFail(PointImageRow, { pointId, sourceId }));
    return {
      sourceId,
      targetId: row.targetId,
      hash: row.hash,
      hashAlgo: row.hashAlgo,
      sizeBytes: row.sizeBytes,
      reused: stored.reused,
    };
  }

  /** The row of this hash at this site; a new one when there is none, pointing at an image that stands there already if there is such. */
  private async intent(target: Cloud, site: string, image: VerifiedImage): Promise<ImageReplicaRow> {
    const known = await this.database.transaction((tx) =>
      tx.findOneBy(ImageReplicaRow, { site, hash: image.os_hash_value }),
    );
    if (known && (known.state === 'copying' || (await this.stands(target, known)))) return known;
    const standing = await findByHash(target, image);
    const attempt = (known?.attempt ?? 0) + 1;
    const wanted = {
      site,
      hash: image.os_hash_value,
      hashAlgo: image.os_hash_algo,
      targetId: standing ?? targetIdOf(site, image, attempt),
      attempt,
      sizeBytes: image.size,
      owned: !standing,
      state: standing ? ('active' as const) : ('copying' as const),
    };
    return this.database.transaction(async (tx) => {
      // Another point may want the same image at the same moment: whoever was first counts.
      if (known) await tx.update(ImageReplicaRow, { site, hash: known.hash, attempt: known.attempt }, wanted);
      else await tx.createQueryBuilder().insert().into(ImageReplicaRow).values(wanted).orIgnore().execute();
      return tx.findOneByOrFail(ImageReplicaRow, { site, hash: wanted.hash });
    });
  }

  private async stands(target: Cloud, row: ImageReplicaRow): Promise<boolean> {
    const live = await lookUp(target, row.targetId);
    return live?.status === 'active' && live.os_hash_value === row.hash;
  }

  private async copy(
    source: Cloud,
    target: Cloud,
    image: VerifiedImage,
    row: ImageReplicaRow,
    signal: AbortSignal,
  ): Promise<void> {
    const live = await lookUp(target, row.targetId);
    if (live?.status === 'active' && live.os_hash_value === row.hash) return this.finished(row);
    if (live && live.status !== 'queued') return this.startOver(target, row, `Glance says "${live.status}"`);
    if (!live) {
      const marks = { lifeboat_origin: `${source.site}/image/${image.id}`, lifeboat_purpose: 'image-replica' };
      const made = await createQueued(target, replicaBody(image, row.targetId, marks));
      if (!made) return this.startOver(target, row, 'Glance had an image of that id once');
    }
    try {
      await copyImage(source, target, image.id, row.targetId, { signal, moved: () => undefined });
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      return this.startOver(target, row, thrown instanceof Error ? thrown.message : String(thrown));
    }
    return this.finished(row);
  }

  private async finished(row: ImageReplicaRow): Promise<void> {
    row.state = 'active';
    await this.database.transaction((tx) => tx.save(row));
  }

  /** A cut upload cannot be taken up again, and its id is spent: the next attempt gets a new one. Intent (the new id) before effect (the delete). */
  private async startOver(target: Cloud, row: ImageReplicaRow, why: string): Promise<never> {
    const spent = row.targetId;
    if (row.attempt >= MAX_ATTEMPTS)
      throw external(
        'image-not-copied',
        `Image ${row.hash.slice(0, 12)}… could not be copied to ${row.site} in ${MAX_ATTEMPTS} attempts: ${why}.`,
        { mend: 'Look at the Glance of both sites.' },
      );
    await target.image.delete(`/images/${spent}`);
    row.attempt += 1;
    row.targetId = deterministicId('image-replica', row.site, row.hash, String(row.attempt), spent);
    row.state = 'copying';
    await this.database.transaction((tx) => tx.save(row));
    throw external(
      'image-copy-broke-off',
      `The copy of image ${row.hash.slice(0, 12)}… to ${row.site} broke off: ${why}.`,
      { retry: 'yes' },
    );
  }
}

type VerifiedImage = GlanceImage & {
  readonly os_hash_value: string;
  readonly os_hash_algo: string;
  readonly size: number;
};

const targetIdOf = (site: string, image: VerifiedImage, attempt: number): string =>
  deterministicId('image-replica', site, image.os_hash_value, String(attempt), image.id);

async function sourceImage(source: Cloud, id: string): Promise<VerifiedImage> {
  const image = await lookUp(source, id);
  if (!image)
    throw invalidInput('image-gone', `Image ${id} is not at ${source.site} any more.`, {
      mend: "Servers made from it keep running; replace the image, or let the policy carry the servers' root disks by snapshot.",
    });
  if (image.status !== 'active' || !image.os_hash_value || !image.os_hash_algo || image.size === null)
    throw invalidInput(
      'image-not-usable',
      `Image ${image.name ?? id} at ${source.site} is ${image.status} and has ${image.os_hash_value ? 'a' : 'no'} hash: it cannot be verified.`,
      { mend: 'Reactivate it, or upload it again.' },
    );
  return { ...image, os_hash_value: image.os_hash_value, os_hash_algo: image.os_hash_algo, size: image.size };
}

async function lookUp(cloud: Cloud, id: string): Promise<GlanceImage | undefined> {
  try {
    return await cloud.image.get<GlanceImage>(`/images/${id}`);
  } catch (thrown) {
    if (thrown instanceof LifeboatError && thrown.kind === 'not-found') return undefined;
    throw thrown;
  }
}

async function findByHash(target: Cloud, image: VerifiedImage): Promise<string | undefined> {
  for await (const live of target.image.list<GlanceImage>('/images', 'images', {
    query: { os_hash_value: image.os_hash_value, status: 'active' },
  }))
    if (
      live.os_hash_value === image.os_hash_value &&
      live.disk_format === image.disk_format &&
      live.container_format === image.container_format
    )
      return live.id;
  return undefined;
}

/** `false` when the id is spent: Glance never gives one of a deleted image again. */
async function createQueued(target: Cloud, body: Record<string, unknown> & { readonly id: string }): Promise<boolean> {
  try {
    await target.image.post('/images', body);
    return true;
  } catch (thrown) {
    if (thrown instanceof LifeboatError && thrown.kind === 'conflict' && !(await lookUp(target, body.id))) return false;
    // The id is ours alone: when no answer came, or it is there already, the image is looked at again before anything is uploaded.
    if (thrown instanceof LifeboatError && (thrown.code === 'outcome-unknown' || thrown.kind === 'conflict'))
      throw external('image-create-unclear', thrown.message, { retry: 'yes', cause: thrown });
    throw thrown;
  }
}
