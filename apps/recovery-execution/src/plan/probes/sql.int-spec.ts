import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServers } from '../../../../../tools/setup/servers.mjs';
import type { Servers } from '../../../../../tools/setup/servers.mjs';
import { PlansFile } from '../plans-file.ts';
import { trySql } from './sql.ts';

describe('a probe by sql', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeboat-sql-'));
  const passwordFile = join(dir, 'password');
  let servers: Servers;
  beforeAll(async () => {
    servers = await startServers({ nats: false, fsync: false });
    writeFileSync(passwordFile, `${new URL(servers.databaseUrl).password}\n`);
  }, 30_000);
  afterAll(async () => {
    await servers.stop();
    rmSync(dir, { recursive: true });
  });

  const ask = (query: string) => {
    const { hostname, port, username, pathname } = new URL(servers.databaseUrl);
    const shop = { port: Number(port), database: pathname.slice(1), user: username, passwordFile, query };
    const { databases } = PlansFile.parse({ databases: { shop } });
    const how = { timeoutMs: 10_000, signal: new AbortController().signal };
    return trySql(hostname, databases['shop'] ?? shop, how);
  };

  it.each([
    ['select 7', true, 'says 7'],
    ['select not pg_is_in_recovery()', true, 'says true'],
    ['select pg_is_in_recovery()', false, 'says false'],
    ['select null', false, 'says null'],
    ['select 1 where false', false, 'found nothing'],
    ['select nothing from nowhere', false, '"nowhere" does not exist'],
  ])('that asks "%s" passes: %s, as it %s', async (query, passed, said) => {
    expect(await ask(query)).toEqual({ passed, said: expect.stringContaining(said) as string });
  });
});
