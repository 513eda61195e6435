import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface BlackHole {
  readonly url: string;
  stop(): void;
}

// Listens, then sleeps for ever: the kernel takes connections until the queue is full, and drops what comes after, as a firewall does.
const LISTENER = `
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    process.kill(process.pid, 'SIGSTOP');
  });`;
const QUEUE = 8;

/** An address that swallows connections: not refused, never made. */
export async function blackHole(): Promise<BlackHole> {
  const child: ChildProcess = spawn(process.execPath, ['-e', LISTENER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = child.stdout ? ((await once(child.stdout, 'data')) as [Buffer]) : [];
  const fillers: Socket[] = [];
  for (let n = 0; n < QUEUE; n++) fillers.push(connect(Number(port), '127.0.0.1').on('error', () => undefined));
  await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    url: `http://127.0.0.1:${Number(port)}`,
    stop() {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
    },
  };
}
