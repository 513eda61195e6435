// Processes by pid *and* start time, since a pid alone may meanwhile belong to somebody else.
import { readFileSync } from 'node:fs';

/** Ticks since boot at which `pid` started; undefined when there is no such process (or it is a zombie). */
export function startTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before may hold blanks
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined; // gone
  }
}

export const identify = (pid) => ({ pid, started: startTime(pid) });

export const isAlive = ({ pid, started }) => started !== undefined && startTime(pid) === started;

export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (thrown) {
    if (thrown.code !== 'ESRCH') throw thrown; // already gone is what we wanted
  }
}
