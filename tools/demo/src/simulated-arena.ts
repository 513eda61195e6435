import type { DiskReplica } from '@lifeboat/contracts';
import { compareBytes, fileBytes, makeTenant, SimulatedCloud, until } from '@lifeboat/testing';
import type { As, SimulatedCloudOptions, Tenant } from '@lifeboat/testing';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Arena, Proof } from './arena.ts';
import type { VolumeComparison } from './report/report.ts';
import { strangersIn } from './strangers.ts';

/** Behind one GiB of the API stand so many bytes: enough to be real, few enough for a minute. */
const GIB_BYTES = 32 * 1024 * 1024;
const IMAGE_BYTES = 12 * 1024 * 1024;
const GUEST_MS = 250;

/** Two simulated clouds, each a process of its own. */
export async function simulatedArena(
  dir: string,
  as: As,
  sizes: Partial<
    Pick<SimulatedCloudOptions, 'gibBytes' | 'imageBytes' | 'glanceStore' | 'furtherServices' | 'sharedDisks'>
  > = {},
): Promise<SimulatedArena> {
  const backupDir = join(dir, 'backup-store');
  mkdirSync(backupDir, { recursive: true });
  const common = {
    backupDir,
    gibBytes: sizes.gibBytes ?? GIB_BYTES,
    imageBytes: sizes.imageBytes ?? IMAGE_BYTES,
    guestEveryMs: GUEST_MS,
    glanceStore: sizes.glanceStore ?? ('rbd' as const),
    ...(sizes.furtherServices && { furtherServices: sizes.furtherServices }),
    ...(sizes.sharedDisks && { sharedDisks: true }),
  };
  const [alpha, beta] = await Promise.all([
    SimulatedCloud.start({ ...common, name: 'alpha', dir: join(dir, 'alpha'), floatingPrefix: '172.24.4' }),
    // Its guests wait: disks are compared as they came, before anybody writes to them.
    SimulatedCloud.start({
      ...common,
      name: 'beta',
      dir: join(dir, 'beta'),
      floatingPrefix: '172.24.5',
      guestsHeld: true,
    }),
  ]);
  const tenants = { alpha: await makeTenant(alpha.admin, as, 'shop'), beta: await makeTenant(beta.admin, as, 'shop') };
  const cloudsFile = join(dir, 'clouds.yaml');
  writeFileSync(cloudsFile, stringify({ clouds: { alpha: tenants.alpha.entry, beta: tenants.beta.entry } }), {
    mode: 0o600,
  });
  return new SimulatedArena(alpha, beta, tenants, cloudsFile, as);
}

export class SimulatedArena implements Arena {
  readonly kind = 'simulated';
  readonly primary = 'alpha';
  readonly recovery = 'beta';
  readonly primaryCloud;
  readonly recoveryCloud;
  readonly drivers: Arena['drivers'];
  readonly env = { LIFEBOAT_SHARED_BACKUP_STORES: 'alpha,beta' };
  private lost = false;

  constructor(
    readonly alpha: SimulatedCloud,
    readonly beta: SimulatedCloud,
    tenants: { readonly alpha: Tenant; readonly beta: Tenant },
    readonly cloudsFile: string,
    as: As,
  ) {
    this.primaryCloud = tenants.alpha.open();
    this.recoveryCloud = tenants.beta.open();
    // An admin's credentials can carry volumes by incremental backups; a member's only as images.
    this.drivers = as === 'admin' ? [{ driver: 'cinder-backup', diskKind: 'volume' }] : [];
  }

  async guestCounter({ servers }: Proof['shop']): Promise<number | undefined> {
    return (await this.alpha.control<{ data?: number }>('GET', `/servers/${servers.db1}/guest`)).data;
  }

  /** Every answer of the recovery cloud comes this much later. */
  async slowRecovery(ms: number): Promise<void> {
    await this.beta.control('POST', '/faults', { kind: 'latency', ms });
  }

  async losePrimary(): Promise<void> {
    await this.primaryCloud.close();
    await this.alpha.lose();
    this.lost = true;
  }

  callsAfterLoss(): number {
    return this.lost ? this.alpha.callsAfterLoss : 0;
  }

  compareVolumes(proof: Proof): Promise<readonly VolumeComparison[]> {
    return Promise.all(proof.point.disks.map((replica) => this.compare(replica, proof)));
  }

  private async compare(replica: DiskReplica, { run }: Proof): Promise<VolumeComparison> {
    const { disk } = replica;
    const copies = (run.state['copies'] ?? []) as readonly {
      readonly diskId: string;
      readonly kind: 'volume' | 'image';
      readonly targetId: string;
    }[];
    const copy = copies.find((c) => c.diskId === disk.id);
    const evidence = this.alpha.evidenceOf(
      disk.kind,
      disk.id,
      new Date(replica.requestedAt),
      new Date(replica.completedAt),
    );
    const head = {
      name: `${disk.name} (${disk.kind})`,
      sourceId: disk.id,
      targetId: copy?.targetId,
      driver: replica.driver,
    };
    if (!copy || evidence.length === 0)
      return {
        ...head,
        bytes: 0,
        equal: false,
        how: copy ? 'no evidence of the snapshot was found' : 'no copy was made',
      };
    let best = { bytes: 0, equal: false };
    // Each of them is of that point; which of two the driver went on with, only it knows.
    for (const file of evidence) {
      const found = await compareBytes(fileBytes(file), this.beta.bytesOf(copy.kind, copy.targetId));
      if (found.equal || found.bytes > best.bytes) best = found;
      if (best.equal) break;
    }
    return { ...head, ...best, how: 'snapshot at the lost primary against the copy, byte by byte' };
  }

  async resumedCounter({ shop, ledger }: Proof): Promise<number | undefined> {
    await this.beta.control('POST', '/guests/release');
    const db1 = ledger.find((entry) => entry.kind === 'server' && entry.sourceId === shop.servers.db1)?.targetId;
    const lines = await until(
      'the recovered guest to resume',
      async () => {
        const { console } = await this.beta.control<{ console: readonly string[] }>('GET', `/servers/${db1}/guest`);
        return console.some((line) => line.includes('resuming')) ? console : undefined;
      },
      { timeoutMs: 20_000 },
    );
    return Number(/data disk at (\d+)/.exec(lines.findLast((line) => line.includes('resuming')) ?? '')?.[1]);
  }

  unaccounted(proof: Proof): Promise<readonly string[]> {
    return strangersIn(this.recoveryCloud, proof);
  }

  async close(): Promise<void> {
    await this.recoveryCloud.close();
    await Promise.all([this.alpha.stop(), this.beta.stop()]);
  }
}
