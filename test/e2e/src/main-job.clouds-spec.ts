import { play, Progress, realArena } from '@lifeboat/demo';
import type { Arena } from '@lifeboat/demo';
import { startServers, startStack } from '@lifeboat/testing';
import type { Servers, Stack } from '@lifeboat/testing';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MINUTE = 60_000;

describe("the main job between two real clouds, with a tenant member's rights on both sides", () => {
  let arena: Arena;
  let stack: Stack;
  let servers: Servers;

  beforeAll(async () => {
    const { LIFEBOAT_CLOUDS_YAML: cloudsFile = '' } = process.env;
    servers = await startServers();
    const { databaseUrl, natsUrl } = servers;
    const dir = mkdtempSync(join(tmpdir(), 'lifeboat-e2e-'));
    const clouds = { cloudsFile, primary: 'primary', recovery: 'recovery', lose: undefined, restore: undefined };
    arena = await realArena(dir, clouds, 'member', true);
    stack = await startStack({ databaseUrl, natsUrl, cloudsFile: arena.cloudsFile, dir, env: arena.env });
  }, 2 * MINUTE);

  afterAll(async () => {
    await stack.stop();
    await arena.close();
    await servers.stop();
  }, 5 * MINUTE);

  it(
    'recovers every byte and field, the guests go on where the point left them, and the lost primary is never called',
    async () => {
      const report = await play({ arena, stack, as: 'member', progress: new Progress(5) });
      expect(report.problems).toEqual([]);
      expect(report.volumes).toMatchObject({ compared: 4, equal: 4 });
      expect(report.fields.unexplained).toBe(0);
      expect(report.guest.resumedAt).toBeGreaterThanOrEqual(report.guest.writtenBeforePoint ?? Number.NaN);
    },
    30 * MINUTE,
  );
});
