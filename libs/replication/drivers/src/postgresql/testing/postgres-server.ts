import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, chown, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { DatabaseServer } from '../postgresql-settings.ts';

const run = promisify(execFile);

/** Debian's place for the programs of PostgreSQL; those that a standby needs are not in the packages that `npm test` brings. */
const DEBIAN = '/usr/lib/postgresql';
const bins = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin')) : [];
export const BIN = bins.findLast((bin) => existsSync(join(bin, 'pg_rewind')) && existsSync(join(bin, 'initdb')));

/** PostgreSQL refuses to run as root. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
const USER = 'owner';
const PASSWORD = 'of nobody but this test';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A folder that the servers' user may enter, with the password and the script for the reversal. */
export async function makeFolder(script: string): Promise<string> {
  const dir = await mkdtemp('/var/tmp/lifeboat-postgresql-');
  await writeFile(join(dir, 'password'), PASSWORD);
  await copyFile(script, join(dir, 'make-standby.sh'));
  for (const path of [dir, join(dir, 'password'), join(dir, 'make-standby.sh')])
    if (NOBODY) await chown(path, NOBODY.uid, NOBODY.gid);
  return dir;
}

export class PostgresServer {
  private constructor(
    readonly dir: string,
    readonly name: string,
    private readonly port: number,
  ) {}

  static async primary(dir: string, name: string): Promise<PostgresServer> {
    const server = new PostgresServer(dir, name, await freePort());
    await server.program('initdb', [
      '-D',
      server.data,
      '-U',
      USER,
      '--pwfile',
      join(dir, 'password'),
      '--auth',
      'scram-sha-256',
      '--no-sync',
      '--no-instructions',
    ]);
    await server.configure();
    await server.start();
    return server;
  }

  /** A copy that follows through a slot which is not there yet. */
  static async standbyOf(primary: PostgresServer, name: string, slot: string): Promise<PostgresServer> {
    const server = new PostgresServer(primary.dir, name, await freePort());
    const conninfo = `host=127.0.0.1 port=${primary.port} user=${USER} password='${PASSWORD}'`;
    await server.program('pg_basebackup', ['-D', server.data, '-d', conninfo, '-R', '--checkpoint=fast', '--no-sync']);
    await appendFile(join(server.data, 'postgresql.auto.conf'), `primary_slot_name = '${slot}'\n`);
    await server.configure();
    await server.start();
    return server;
  }

  get data(): string {
    return join(this.dir, this.name);
  }

  get settings(): DatabaseServer {
    return {
      host: '127.0.0.1',
      port: this.port,
      user: USER,
      passwordFile: join(this.dir, 'password'),
      database: 'postgres',
    };
  }

  get clientConfig() {
    return { host: '127.0.0.1', port: this.port, user: USER, password: PASSWORD, database: 'postgres' };
  }

  /** As `rewind.command` of the drivers file. */
  get rewindCommand(): [string, ...string[]] {
    const as = NOBODY && (['/usr/bin/setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const);
    const script = ['/bin/sh', join(this.dir, 'make-standby.sh'), this.data, BIN ?? ''] as const;
    return as === undefined ? [...script] : [...as, ...script];
  }

  async start(): Promise<void> {
    const log = join(this.dir, `${this.name}.log`);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.program('pg_ctl', ['start', '-D', this.data, '-w', '-s', '-t', '60', '-l', log]);
        return;
      } catch (thrown) {
        // The processes of a server that was killed need a moment to notice.
        if (attempt === 20)
          throw new Error(`${String(thrown)}\n${(await readFile(log, 'utf8')).slice(-2_000)}`, { cause: thrown });
        await pause(100);
      }
    }
  }

  /** SIGKILL, no farewell. */
  async kill(): Promise<void> {
    const [pid] = (await readFile(join(this.data, 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
  }

  async stop(): Promise<void> {
    await this.program('pg_ctl', ['stop', '-D', this.data, '-m', 'immediate', '-s']).catch(() => undefined);
  }

  private async configure(): Promise<void> {
    await appendFile(
      join(this.data, 'postgresql.conf'),
      `\nport = ${this.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\nwal_log_hints = on\nwal_retrieve_retry_interval = 200ms\nshared_buffers = 16MB\nmax_wal_size = 256MB\n`,
    );
  }

  private async program(name: string, args: readonly string[]): Promise<void> {
    // A server that is started would hold our pipes open.
    if (name === 'pg_ctl') return this.detached(name, args);
    await run(join(BIN ?? '', name), [...args], { ...NOBODY, cwd: this.dir });
  }

  private async detached(name: string, args: readonly string[]): Promise<void> {
    const child = spawn(join(BIN ?? '', name), [...args], { ...NOBODY, cwd: this.dir, stdio: 'ignore' });
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (code !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${String(code)}`);
  }
}

export const removeFolder = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true, maxRetries: 5 });
