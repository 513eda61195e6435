import { LifeboatApi } from '@lifeboat/api-client';
import { simulatedArena } from '@lifeboat/demo';
import type { SimulatedArena } from '@lifeboat/demo';
import { startServers, startStack } from '@lifeboat/testing';
import type { Servers, SimulatedCloudOptions, Stack } from '@lifeboat/testing';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MIB = 1024 * 1024;
const PATIENCE_MS = 30_000;

/** Two small simulated clouds and every service. */
export interface World {
  readonly servers: Servers;
  readonly arena: SimulatedArena;
  readonly stack: Stack;
  readonly api: LifeboatApi;
  readonly dir: string;
  /** What an operator has set, and would set again. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** A drivers file by which workers reach the bytes of both clouds' volumes. */
function blocksFile(dir: string): string {
  const file = (site: string, of: string): string => join(dir, site, 'data', 'disks', `${of}-%s.raw`);
  const site = (name: string) => ({
    volumes: { '*': { kind: 'file', volume: file(name, 'volume'), snapshot: file(name, 'snapshot') } },
  });
  const settings = { folder: join(dir, 'trees'), sites: { alpha: site('alpha'), beta: site('beta') } };
  const path = join(dir, 'drivers.yaml');
  writeFileSync(path, JSON.stringify({ drivers: { 'block-stream': settings } }));
  return path;
}

/** `blocks`: workers reach the bytes of volumes, so that a rule may have `block-stream` carry them. */
export async function world(
  as: 'admin' | 'member',
  glanceStore: 'rbd' | 'file' = 'rbd',
  furtherServices: SimulatedCloudOptions['furtherServices'] = [],
  blocks = false,
): Promise<World> {
  const servers = await startServers({ fsync: false });
  const { databaseUrl, natsUrl } = servers;
  const dir = mkdtempSync(join(tmpdir(), 'lifeboat-e2e-'));
  const arena = await simulatedArena(dir, as, {
    gibBytes: MIB,
    imageBytes: MIB / 4,
    glanceStore,
    ...(furtherServices.length > 0 && { furtherServices }),
    ...(blocks && { sharedDisks: true }),
  });
  const env = {
    ...arena.env,
    LIFEBOAT_SECRET_KEY: randomBytes(32).toString('hex'),
    LIFEBOAT_REPLICA_LOOK_SECONDS: '2',
    LIFEBOAT_BUNDLE_KEY_FILE: join(dir, 'bundle-key.pem'),
    ...(blocks && { LIFEBOAT_DRIVERS_FILE: blocksFile(dir) }),
  };
  const stack = await startStack({ databaseUrl, natsUrl, cloudsFile: arena.cloudsFile, dir, env, traces: true });
  return {
    servers,
    arena,
    stack,
    dir,
    env,
    api: new LifeboatApi(stack.gatewayUrl, { patienceMs: PATIENCE_MS }),
    close: async () => {
      await stack.stop();
      await arena.close();
      await servers.stop();
    },
  };
}
