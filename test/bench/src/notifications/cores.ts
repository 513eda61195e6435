import { execFileSync } from 'node:child_process';

/** What is measured has one core to itself; broker, nats-server and this process share the other. */
const CORES = { around: '0', measured: '1' } as const;

/** Moves a process with all its threads; what it starts later stays with it. */
export function onCore(which: keyof typeof CORES, pid: number | undefined): void {
  if (pid !== undefined) execFileSync('taskset', ['-a', '-c', '-p', CORES[which], String(pid)], { stdio: 'ignore' });
}
