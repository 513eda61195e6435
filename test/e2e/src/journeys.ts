import { LifeboatApi } from '@lifeboat/api-client';
import type { RunDetail } from '@lifeboat/contracts';
import { simulatedArena } from '@lifeboat/demo';
import type { SimulatedArena } from '@lifeboat/demo';
import { startServers, startStack, until } from '@lifeboat/testing';
import type { Servers, SimulatedCloudOptions, Stack } from '@lifeboat/testing';
import { mkdtempSync } from 'node:fs';
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
  close(): Promise<void>;
}

export async function world(
  as: 'admin' | 'member',
  glanceStore: 'rbd' | 'file' = 'rbd',
  furtherServices: SimulatedCloudOptions['furtherServices'] = [],
): Promise<World> {
  const servers = await startServers({ fsync: false });
  const { databaseUrl, natsUrl } = servers;
  const dir = mkdtempSync(join(tmpdir(), 'lifeboat-e2e-'));
  const arena = await simulatedArena(dir, as, {
    gibBytes: MIB,
    imageBytes: MIB / 4,
    glanceStore,
    ...(furtherServices.length > 0 && { furtherServices }),
  });
  const stack = await startStack({
    databaseUrl,
    natsUrl,
    cloudsFile: arena.cloudsFile,
    dir,
    env: { ...arena.env, LIFEBOAT_REPLICA_LOOK_SECONDS: '2', LIFEBOAT_BUNDLE_KEY_FILE: join(dir, 'bundle-key.pem') },
    traces: true,
  });
  return {
    servers,
    arena,
    stack,
    dir,
    api: new LifeboatApi(stack.gatewayUrl, { patienceMs: PATIENCE_MS }),
    close: async () => {
      await stack.stop();
      await arena.close();
      await servers.stop();
    },
  };
}

/** The run when it is over, however it ended. */
export const ended = (api: LifeboatApi, runId: string): Promise<RunDetail> =>
  until(
    `run ${runId}`,
    async () => {
      const run = await api.runs.get(runId).catch(() => undefined);
      return run && !['running', 'undoing'].includes(run.outcome) ? run : undefined;
    },
    { timeoutMs: 120_000 },
  );
