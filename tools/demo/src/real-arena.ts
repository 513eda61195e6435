import type { DiskReplica } from '@lifeboat/contracts';
import { asLifeboatError, external, invalidInput } from '@lifeboat/kernel';
import { loadClouds } from '@lifeboat/openstack-client';
import type { Cloud, CloudConfig } from '@lifeboat/openstack-client';
import { makeTenant, purgeProject, until } from '@lifeboat/testing';
import type { As, Tenant } from '@lifeboat/testing';
import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { stringify } from 'yaml';
import type { Arena, Proof } from './arena.ts';
import type { DemoArguments } from './arguments.ts';
import { lastTick, resumed } from './guest.ts';
import type { VolumeComparison } from './report/report.ts';
import { strangersIn } from './strangers.ts';

type Real = NonNullable<DemoArguments['real']>;

const PLAN = `In a project of its own, in both clouds: a user; in the primary a network, subnet, router with external gateway, 3 security groups, 5 ports, 1 floating IP,
1 keypair, 1 server group, 3 volumes of 1 GiB, 3 servers (flavor "tiny", image "guest", volume type "standard", external network "public"); snapshots, temporary volumes
and images while points are made; in the recovery cloud the same again, with images as replicas. All of it is removed afterwards.`;

/** Two real clouds, by entries of a clouds.yaml whose users may make projects. */
export async function realArena(dir: string, real: Real, as: As, yes: boolean): Promise<RealArena> {
  await agreed(real, yes);
  const clouds = loadClouds({ file: real.cloudsFile });
  const admin = (name: string): CloudConfig => {
    const config = clouds.get(name);
    if (!config)
      throw invalidInput('cloud-unknown', `"${name}" is not in ${real.cloudsFile}.`, {
        mend: `Known are: ${[...clouds.keys()].join(', ')}.`,
      });
    return config;
  };
  const primary = await makeTenant(admin(real.primary), as);
  const recovery = await makeTenant(admin(real.recovery), as);
  return new RealArena(dir, real, primary, recovery);
}

async function agreed({ primary, recovery }: Real, yes: boolean): Promise<void> {
  process.stderr.write(`${PLAN}\nPrimary: ${primary}. Recovery: ${recovery}.\n`);
  if (yes) return;
  if (!process.stdin.isTTY) throw invalidInput('not-agreed', 'Nobody is there to be asked.', { mend: 'Give --yes.' });
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question('Go on? [y/N] ');
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw invalidInput('not-agreed', 'Nothing was made.');
}

export class RealArena implements Arena {
  readonly kind = 'real';
  readonly cloudsFile: string;
  readonly env = {};
  readonly primaryCloud: Cloud;
  readonly recoveryCloud: Cloud;
  /** Its replicas are images, whose bytes a tenant can read back and compare. */
  readonly drivers = [{ driver: 'image-transfer', diskKind: 'volume' as const }];
  private counter: Server | undefined;
  private calls = 0;
  private lost = false;

  constructor(
    dir: string,
    private readonly real: Real,
    private readonly first: Tenant,
    private readonly second: Tenant,
  ) {
    this.cloudsFile = join(dir, 'clouds.yaml');
    this.primaryCloud = first.open();
    this.recoveryCloud = second.open();
    this.writeClouds(first.entry);
  }

  get primary(): string {
    return this.real.primary;
  }

  get recovery(): string {
    return this.real.recovery;
  }

  private writeClouds(primary: Tenant['entry']): void {
    const text = stringify({ clouds: { [this.primary]: primary, [this.recovery]: this.second.entry } });
    writeFileSync(`${this.cloudsFile}.new`, text, { mode: 0o600 });
    renameSync(`${this.cloudsFile}.new`, this.cloudsFile);
  }

  async guestCounter({ servers }: Proof['shop']): Promise<number | undefined> {
    return (await lastTick(this.primaryCloud, servers.db1))?.data;
  }

  /** Every endpoint of the primary becomes unreachable from Lifeboat: its address is now a port that answers nobody and counts who calls. */
  async losePrimary(): Promise<void> {
    this.counter = createServer((socket) => {
      this.calls++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => this.counter?.listen(0, '127.0.0.1', resolve));
    const address = this.counter.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    if (this.real.lose) await shell(this.real.lose);
    const entry = this.first.entry as { readonly auth: object };
    this.writeClouds({ ...entry, auth: { ...entry.auth, auth_url: `http://127.0.0.1:${port}/v3` } });
    this.lost = true;
  }

  /** It answers again, as it was. */
  async returnPrimary(): Promise<void> {
    if (this.real.restore) await shell(this.real.restore);
    this.writeClouds(this.first.entry);
    this.counter?.close();
    this.lost = false;
  }

  callsAfterLoss(): number {
    return this.calls;
  }

  compareVolumes(proof: Proof): Promise<readonly VolumeComparison[]> {
    return Promise.all(proof.point.disks.map((replica) => this.compare(replica, proof)));
  }

  /**
   * Served copies are written to as soon as their guests boot. So another volume is made from the same point, read back through Cinder and Glance, and its
   * hash compared with the replica's, which was compared with the primary's own when it was carried.
   */
  private async compare({ disk, driver, replica }: DiskReplica, { run }: Proof): Promise<VolumeComparison> {
    const copies = (run.state['copies'] ?? []) as readonly { readonly diskId: string; readonly targetId: string }[];
    const { imageId, hash } = replica as { readonly imageId: string; readonly hash: string };
    const head = {
      name: `${disk.name} (${disk.kind})`,
      sourceId: disk.id,
      targetId: copies.find((c) => c.diskId === disk.id)?.targetId,
      driver,
    };
    if (disk.kind === 'server-root') {
      const image = await this.recoveryCloud.image.get<{ os_hash_value: string; size: number }>(`/images/${imageId}`);
      return {
        ...head,
        bytes: image.size,
        equal: image.os_hash_value === hash,
        how: 'SHA-512 of the image it boots from against that of the bytes carried',
      };
    }
    const read = await readBack(this.recoveryCloud, imageId, disk.sizeGiB);
    return {
      ...head,
      bytes: read.size,
      equal: read.hash === hash,
      how: 'SHA-512 of a second copy of the point, read back, against that of the bytes carried',
    };
  }

  async resumedCounter({ shop, ledger }: Proof): Promise<number | undefined> {
    const db1 = ledger.find((entry) => entry.kind === 'server' && entry.sourceId === shop.servers.db1)?.targetId ?? '';
    return (await resumed(this.recoveryCloud, db1)).data;
  }

  unaccounted(proof: Proof): Promise<readonly string[]> {
    return strangersIn(this.recoveryCloud, proof);
  }

  async close(): Promise<void> {
    if (this.lost && this.real.restore) await shell(this.real.restore);
    for (const [cloud, tenant] of [
      [this.recoveryCloud, this.second],
      [this.first.open(), this.first],
    ] as const) {
      await purgeProject(cloud);
      await cloud.close();
      await tenant.remove();
    }
    await this.primaryCloud.close();
    this.counter?.close();
  }
}

type Read = { readonly hash: string; readonly size: number };

/** A volume made from a replica, read back as an image; both are removed again. */
async function readBack(cloud: Cloud, imageId: string, size: number): Promise<Read> {
  const { volume } = await cloud.volume.post<{ volume: { id: string } }>('/volumes', {
    volume: { name: 'lifeboat-demo-check', size, imageRef: imageId },
  });
  try {
    await untilAvailable(cloud, volume.id);
    return await exported(cloud, volume.id);
  } finally {
    const path = `/volumes/${volume.id}`;
    await cloud.volume.delete(path);
    // Waited for: what the demo itself made must not be counted as left over.
    await until('the second copy to be gone', () => gone(cloud, path), { timeoutMs: SLOW_MS, everyMs: 500 });
  }
}

const gone = (cloud: Cloud, path: string): Promise<true | undefined> =>
  cloud.volume.get(path).then(
    () => undefined,
    (thrown: unknown) => {
      if (asLifeboatError(thrown).kind === 'not-found') return true;
      throw thrown;
    },
  );

async function exported(cloud: Cloud, volumeId: string): Promise<Read> {
  const upload = { image_name: 'lifeboat-demo-check', disk_format: 'raw', container_format: 'bare', force: false };
  const answer = await cloud.volume.post<{ 'os-volume_upload_image': { image_id: string } }>(
    `/volumes/${volumeId}/action`,
    { 'os-volume_upload_image': upload },
  );
  const path = `/images/${answer['os-volume_upload_image'].image_id}`;
  const read = async (): Promise<Read | undefined> => {
    const image = await cloud.image.get<{ status: string; os_hash_value: string; size: number }>(path);
    return statusIs(image.status, 'active') && { hash: image.os_hash_value, size: image.size };
  };
  try {
    return await until('the second copy to be read back', read, { timeoutMs: SLOW_MS, everyMs: 500 });
  } finally {
    await untilAvailable(cloud, volumeId);
    await cloud.image.delete(path);
  }
}

async function untilAvailable(cloud: Cloud, volumeId: string): Promise<void> {
  const look = async (): Promise<true | undefined> => {
    const { volume } = await cloud.volume.get<{ volume: { status: string } }>(`/volumes/${volumeId}`);
    return statusIs(volume.status, 'available');
  };
  await until('the second copy', look, { timeoutMs: SLOW_MS, everyMs: 500 });
}

const SLOW_MS = 300_000;

function statusIs(status: string, wanted: string): true | undefined {
  if (/error|killed/.test(status)) throw external('check-failed', `The second copy went to "${status}".`);
  return status === wanted ? true : undefined;
}

async function shell(command: string): Promise<void> {
  const code = await new Promise<number | null>((resolve, reject) =>
    spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 2, 2] })
      .once('error', reject)
      .once('exit', resolve),
  );
  if (code !== 0) throw external('command-failed', `"${command}" ended with ${code}.`);
}
