import { newId } from '@lifeboat/kernel';
import { readFileSync } from 'node:fs';

export interface Moment {
  /** Two moments of one boot can be compared by `upMs`. */
  readonly boot: string;
  /** Of a clock that nobody sets, and that goes on while the machine sleeps. */
  readonly upMs: number;
  /** By the wall clock, which somebody may set. */
  readonly wallMs: number;
}

/** Where the kernel tells neither, another start of this process is as another boot of the machine. */
const PROCESS = newId();

/** Now. Linux tells how long it has run, sleep included, in hundredths of a second. */
export function now(): Moment {
  const [uptime] = (read('/proc/uptime') ?? '').split(' ');
  const boot = read('/proc/sys/kernel/random/boot_id');
  const known = uptime !== undefined && uptime !== '' && boot !== undefined;
  return {
    boot: known ? boot : PROCESS,
    upMs: known ? Number(uptime) * 1_000 : performance.now(),
    wallMs: Date.now(),
  };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
