import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'lifeboat-nbd-';
let swept: Promise<void> | undefined;

/**
 * A new folder for the socket of one device, and the secrets that open it, that nobody else sees. The first call of a process removes what workers left that
 * were killed.
 */
export async function socketFolder(): Promise<string> {
  const owners = `${PREFIX}${await pidNamespace()}-`;
  await (swept ??= sweep(owners));
  // mkdtemp makes it with mode 0700.
  return mkdtemp(join(tmpdir(), `${owners}${process.pid}-`));
}

/** Those of processes that are gone. Another namespace's processes are not known here: theirs stay. */
export async function sweep(owners: string): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(owners) ? Number(name.slice(owners.length).split('-')[0]) : Number.NaN;
    if (Number.isSafeInteger(pid) && pid > 0 && !isAlive(pid))
      await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

async function pidNamespace(): Promise<string> {
  const link = await readlink('/proc/self/ns/pid').catch(() => '');
  return /\d+/.exec(link)?.[0] ?? '0';
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
