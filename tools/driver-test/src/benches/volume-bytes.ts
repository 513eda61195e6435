import { asLifeboatError, external } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { until } from '@lifeboat/testing';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';

const PATIENCE_MS = 600_000;
const LOOK_MS = 1_000;
const MIB = 1024 ** 2;
/** What Cinder needs to fill a volume anew with an image's bytes. */
const REIMAGE = '3.68';

interface Volume {
  readonly id: string;
  readonly status: string;
  readonly volume_type: string;
}

/** Volumes and their bytes by what every member may do: made of an image, changed by another, looked at through a third. Slow. */
export class VolumeBytes {
  private readonly volumes: string[] = [];
  /** On Ceph a volume is a clone of the image that it was made of, which goes after it. */
  private readonly images: string[] = [];

  constructor(
    private readonly cloud: Cloud,
    private readonly writeCommand?: string,
  ) {}

  async make(): Promise<Volume> {
    const { volume } = await this.cloud.volume.post<{ volume: Volume }>('/volumes', {
      volume: { size: 1, name: 'driver test: disk', imageRef: await this.content() },
    });
    this.volumes.push(volume.id);
    return this.ready(volume.id);
  }

  /** By the command, which finds the volume's id in LIFEBOAT_TEST_VOLUME; else by filling it with other bytes. */
  async change(id: string): Promise<void> {
    if (this.writeCommand !== undefined) {
      const env = { ...process.env, LIFEBOAT_TEST_VOLUME: id };
      return void (await promisify(execFile)('sh', ['-c', this.writeCommand], { env }));
    }
    const body = { 'os-reimage': { image_id: await this.content() } };
    await this.cloud.volume.post(`/volumes/${id}/action`, body, { microversion: REIMAGE });
    await this.ready(id);
  }

  async digestOfVolume(id: string): Promise<string> {
    const { 'os-volume_upload_image': made } = await this.cloud.volume.post<{
      'os-volume_upload_image': { image_id: string };
    }>(`/volumes/${id}/action`, {
      'os-volume_upload_image': { image_name: 'driver test: bytes', disk_format: 'raw', container_format: 'bare' },
    });
    const { image_id: imageId } = made;
    try {
      await this.active(imageId);
      return await this.digestOfImage(imageId);
    } finally {
      await this.cloud.image.delete(`/images/${imageId}`);
      await this.ready(id);
    }
  }

  async digestOfImage(imageId: string): Promise<string> {
    const { body } = await this.cloud.image.download(`/images/${imageId}/file`);
    const hash = createHash('sha256');
    for await (const chunk of body as AsyncIterable<Buffer>) hash.update(chunk);
    return hash.digest('hex');
  }

  async removeAll(): Promise<void> {
    for (const id of this.volumes) {
      await this.cloud.volume.delete(`/volumes/${id}`);
      await until(`volume ${id} to be gone`, async () => ((await this.exists(id)) ? undefined : true), {
        timeoutMs: PATIENCE_MS,
        everyMs: LOOK_MS,
      });
    }
    for (const id of this.images)
      await until(`image ${id} to be let go by the volumes made of it`, () => this.removed(`/images/${id}`), {
        timeoutMs: PATIENCE_MS,
        everyMs: LOOK_MS,
      });
  }

  /** `undefined` while it is in use: Cinder has removed a volume before Ceph has. */
  private async removed(path: string): Promise<true | undefined> {
    try {
      await this.cloud.image.delete(path);
      return true;
    } catch (thrown) {
      if (asLifeboatError(thrown).kind === 'conflict') return undefined;
      throw thrown;
    }
  }

  private async exists(id: string): Promise<boolean> {
    for await (const one of this.cloud.volume.list<Volume>('/volumes', 'volumes')) if (one.id === id) return true;
    return false;
  }

  /** An image of bytes that nobody has seen before. */
  private async content(): Promise<string> {
    const { id } = await this.cloud.image.post<{ id: string }>('/images', {
      name: 'driver test: content',
      disk_format: 'raw',
      container_format: 'bare',
    });
    this.images.push(id);
    await this.cloud.image.upload(`/images/${id}/file`, Readable.from([randomBytes(8 * MIB)], { objectMode: false }));
    await this.active(id);
    return id;
  }

  private active(imageId: string): Promise<true> {
    return until(
      `image ${imageId}`,
      async () => {
        const { status } = await this.cloud.image.get<{ status: string }>(`/images/${imageId}`);
        if (status === 'killed' || status === 'deleted') throw broken('image', imageId, status);
        return status === 'active' ? true : undefined;
      },
      { timeoutMs: PATIENCE_MS, everyMs: LOOK_MS },
    );
  }

  private ready(id: string): Promise<Volume> {
    return until(
      `volume ${id}`,
      async () => {
        const { volume } = await this.cloud.volume.get<{ volume: Volume }>(`/volumes/${id}`);
        if (volume.status.startsWith('error')) throw broken('volume', id, volume.status);
        return volume.status === 'available' || volume.status === 'in-use' ? volume : undefined;
      },
      { timeoutMs: PATIENCE_MS, everyMs: LOOK_MS },
    );
  }
}

const broken = (kind: string, id: string, status: string): Error =>
  external('bench-broken', `The ${kind} ${id}, with which the test looks at bytes, is ${status}.`, {
    mend: 'Look at the cloud: this is none of the driver’s doing.',
  });
