import type { Side } from '@lifeboat/replication-driver-api';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesFolder, serverOn, simulatedBench } from './simulated-bench.ts';
import type { SimulatedBench } from './simulated-bench.ts';

/** How `block-stream` has volumes attached: by Nova to a mover server, or by Cinder to the worker's host. */
export type AttachedBy = 'mover' | 'attachment';

export interface AttachedBench extends SimulatedBench {
  /** Of the drivers file. */
  readonly blockStream: {
    readonly folder: string;
    readonly sites: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  readonly driversFile: string;
  /** The servers in which the workers are thought to run. */
  readonly movers: Readonly<Record<Side, string>>;
  /** Ids of the volumes that a mover's guest sees or a host has, by Cinder's word. */
  attached(side: Side): Promise<readonly string[]>;
}

interface Attachment {
  readonly id: string;
  readonly volume_id: string;
  readonly instance: string | null;
}

/** Simulated clouds whose volumes have to be attached to be read, and a drivers file for them. An attachment to a mover or a host counts as marked. */
export async function attachedBench(by: Readonly<Record<Side, AttachedBy>>): Promise<AttachedBench> {
  const bench = await simulatedBench('volume', 'demo');
  const { clouds, simulators } = bench;
  const movers = { source: await serverOn(clouds.source), target: await serverOn(clouds.target) };
  const volumes = (side: Side) => ({
    '*':
      by[side] === 'mover'
        ? {
            kind: 'mover',
            server: movers[side],
            devices: join(simulators[side].settings.dataDir, 'guests', movers[side], 'virtio-%s'),
          }
        : { kind: 'attachment', host: `worker-${side}`, ip: '127.0.0.1' },
  });
  const blockStream = {
    folder: join(bytesFolder, 'trees'),
    sites: { primary: { volumes: volumes('source') }, recovery: { volumes: volumes('target') } },
  };
  const driversFile = join(bytesFolder, `drivers-${randomUUID()}.yaml`);
  writeFileSync(driversFile, JSON.stringify({ drivers: { 'block-stream': blockStream } }));
  const ours = async (side: Side): Promise<readonly Attachment[]> => {
    const { attachments } = await clouds[side].volume.get<{ attachments: Attachment[] }>('/attachments');
    return attachments.filter(({ instance }) => instance === null || instance === movers[side]);
  };
  return {
    ...bench,
    blockStream,
    driversFile,
    movers,
    attached: async (side) => (await ours(side)).map(({ volume_id: id }) => id),
    marked: async (side) => ({
      ...(await bench.marked(side)),
      ...Object.fromEntries((await ours(side)).map(({ id }) => [`attachment ${id}`, 'attachment'])),
    }),
  };
}
