import { spawn } from 'node:child_process';

// Keeps the last line it read; when its input ends, because we do, however that came about, it ends what that line names.
const SCRIPT = `
trap '' INT TERM HUP
while read -r line; do pids=$line; done
for p in $pids; do kill -INT $p; done
i=0
while [ $i -lt 100 ]; do
  left=
  for p in $pids; do kill -0 $p && left="$left $p"; done
  [ -n "$left" ] || exit 0
  sleep 0.1; i=$((i+1))
done
kill -KILL $left
`;

/** A shell that ends our servers when this process dies by whatever means, kill -9 among them. */
export class Watchdog {
  #shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });

  constructor() {
    this.#shell.stdin.on('error', () => undefined); // it was killed: the next start sweeps by the pid file
    this.#shell.on('error', () => undefined);
    // Neither it nor its pipe keeps us alive.
    this.#shell.unref();
    this.#shell.stdin.unref?.();
  }

  /** The whole list of what is to be ended; replaces the one before. */
  guard(pids) {
    this.#shell.stdin.write(`${pids.join(' ')}\n`);
  }

  release() {
    this.#shell.stdin.end('\n');
  }
}
