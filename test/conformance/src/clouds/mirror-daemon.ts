import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Its pid file holds the start of the process too, by which `status` of test/clouds knows that it is the same. */
const START = `setsid rbd-mirror -f --cluster "$1" -n client.rbd-mirror.a >>"$2" 2>&1 </dev/null &
echo "$! $(cut -d' ' -f22 /proc/$!/stat)" >"$3"`;

/** The rbd-mirror of one of the clouds of test/clouds, killed, and started again as `up` does. */
export function mirrorDaemon(cloudsYaml: string, cloud: string) {
  const state = dirname(cloudsYaml);
  const pidFile = join(state, 'run', `${cloud}-rbd-mirror.pid`);
  return {
    async kill(): Promise<void> {
      const [pid] = (await readFile(pidFile, 'utf8')).split(' ');
      process.kill(Number(pid), 'SIGKILL');
    },
    async start(): Promise<void> {
      await run('sh', ['-c', START, 'sh', cloud, join(state, 'log', `${cloud}-rbd-mirror.log`), pidFile]);
    },
  };
}
