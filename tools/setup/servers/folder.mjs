// Folders of servers' data, each owned by one process; what a process left that died before it could clear up is swept.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { SetupError } from '../say.mjs';
import { identify, isAlive, signal } from './proc.mjs';

const OWNER = 'owner.json';

/** Takes a folder for this process: `name`d ones keep their data from one start to the next, others are new and temporary. */
export function takeFolder(base, name) {
  const parent = `${base}/servers`;
  mkdirSync(parent, { recursive: true });
  for (const folder of [base, parent]) chmodSync(folder, 0o711);
  for (const entry of readdirSync(parent)) sweep(`${parent}/${entry}`);
  const dir = `${parent}/${name ?? unused(parent)}`;
  const owner = readOwner(dir);
  if (owner && isAlive(owner.process))
    throw new SetupError(`The servers in ${dir} already run, by process ${owner.process.pid}. End that first.`);
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o711);
  const record = (pids) =>
    writeFileSync(
      `${dir}/${OWNER}`,
      JSON.stringify({ process: identify(process.pid), keep: name !== undefined, servers: pids.map(identify) }),
    );
  record([]);
  return {
    dir,
    record,
    /** Removes the folder, or only says that it is free when its data is kept. */
    giveBack: () => rmSync(name === undefined ? dir : `${dir}/${OWNER}`, { recursive: true, force: true }),
  };
}

function unused(parent) {
  for (let i = 1; ; i++) if (!existsSync(`${parent}/${process.pid}-${i}`)) return `${process.pid}-${i}`;
}

function readOwner(dir) {
  try {
    return JSON.parse(readFileSync(`${dir}/${OWNER}`, 'utf8'));
  } catch {
    return undefined; // none, or cut in half by a power cut: nobody's
  }
}

function sweep(dir) {
  const owner = readOwner(dir);
  if (!owner || isAlive(owner.process)) return;
  for (const server of owner.servers) if (isAlive(server)) signal(server.pid, 'SIGKILL');
  rmSync(owner.keep ? `${dir}/${OWNER}` : dir, { recursive: true, force: true, maxRetries: 5 });
}
