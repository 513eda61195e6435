import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import pg from 'pg';
import { startServers } from '../../../tools/setup/servers.mjs';
import type { Servers } from '../../../tools/setup/servers.mjs';
import { PROJECT_ROOT } from './project-root.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql).finally(() => client.end());
  return rows;
}

async function streams(url: string): Promise<string[]> {
  const connection = await connect({ servers: url });
  try {
    const manager = await jetstreamManager(connection);
    return await manager.streams.names().next();
  } finally {
    await connection.close();
  }
}

async function addStream(url: string): Promise<void> {
  const connection = await connect({ servers: url });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'KEPT', subjects: ['kept.>'] });
  await connection.close();
}

describe('servers for tests and the demo', () => {
  let servers: Servers;
  beforeAll(async () => void (servers = await startServers()), 30_000);
  afterAll(() => servers.stop());

  it('keep what was committed when PostgreSQL is killed with clients connected, on the same address', async () => {
    await query(servers.databaseUrl, 'create table kept as select 7 as value');
    const bystander = new pg.Client({ connectionString: servers.databaseUrl });
    bystander.on('error', () => undefined); // its connection breaks, as it should
    await bystander.connect();
    await servers.postgres.kill();
    await expect(query(servers.databaseUrl, 'select 1')).rejects.toThrow('ECONNREFUSED');
    await servers.postgres.start();
    expect(await query(servers.databaseUrl, 'select value from kept')).toEqual([{ value: 7 }]);
  }, 30_000);

  it('keep streams when nats-server is killed, and forget them when its store is wiped', async () => {
    await addStream(servers.natsUrl);
    await servers.nats.kill();
    await servers.nats.start();
    expect(await streams(servers.natsUrl)).toEqual(['KEPT']);
    await servers.nats.wipe();
    await servers.nats.start();
    expect(await streams(servers.natsUrl)).toEqual([]);
  }, 30_000);

  it('write every acknowledged message through to the disk', async () => {
    const answer = await fetch(`${servers.natsMonitorUrl}/varz`);
    expect(await answer.json()).toMatchObject({ jetstream: { config: { sync_always: true } } });
  });

  it('refuse who does not know the password', async () => {
    const url = new URL(servers.databaseUrl);
    url.password = 'guessed';
    await expect(query(url.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('remove their data when they are stopped', async () => {
    const others = await startServers({ nats: false, fsync: false });
    expect(existsSync(others.dir)).toBe(true);
    await others.stop();
    expect(existsSync(others.dir)).toBe(false);
  }, 30_000);

  it('end when the process that started them is killed', async () => {
    const starter = spawn(process.execPath, ['tools/setup/run.mjs', 'servers', '--json'], {
      cwd: PROJECT_ROOT,
      env: { ...process.env, LIFEBOAT_DATABASE_URL: '', LIFEBOAT_NATS_URL: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(starter.stdout, 'data')) as [Buffer];
      const urls = JSON.parse(line.toString()) as Record<string, string>;
      expect(await query(urls['LIFEBOAT_DATABASE_URL'] ?? '', 'select 1 as up')).toEqual([{ up: 1 }]);
      const ports = Object.values(urls).map((url) => new URL(url).port);
      starter.kill('SIGKILL');
      await expect(untilClosed(ports)).resolves.toBeUndefined();
    } finally {
      starter.kill('SIGKILL');
    }
  }, 30_000);
});

/** Resolves when nothing listens on any of the ports; the test's own time limit bounds it. */
async function untilClosed(ports: readonly string[]): Promise<void> {
  const listening = (): boolean => {
    const sockets = execFileSync('cat', ['/proc/net/tcp'], { encoding: 'utf8' });
    return ports.some((port) =>
      sockets.includes(`0100007F:${Number(port).toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`),
    );
  };
  while (listening()) await new Promise((resolve) => setTimeout(resolve, 50));
}
