import type { ResolvedProbe } from '@lifeboat/contracts';
import { asLifeboatError, invalidInput } from '@lifeboat/kernel';
import { runCommand } from '@lifeboat/replication-driver-api';
import { commandOf, environment } from '../call-hook.ts';
import { tryConsole } from './console.ts';
import { tryHttp } from './http.ts';
import type { Asking, Tried } from './probe.ts';
import { probeText } from './probe.ts';
import { trySql } from './sql.ts';
import { tryTcp } from './tcp.ts';

/** Asks a probe once. What it could not ask has not passed; why is said. Throws only when the work is taken away. */
export async function tryProbe(probe: ResolvedProbe, asking: Asking): Promise<Tried> {
  const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(asking.timeoutMs)]);
  try {
    const tried = await tryOnce(probe, { ...asking, signal });
    asking.signal.throwIfAborted();
    return tried;
  } catch (thrown) {
    asking.signal.throwIfAborted();
    return { passed: false, said: asLifeboatError(thrown).message };
  }
}

async function tryOnce(probe: ResolvedProbe, asking: Asking): Promise<Tried> {
  const { tcp, http, sql, console, command } = probe;
  const { cloud, file, facts, timeoutMs, signal } = asking;
  if (tcp) return tryTcp(await asking.address(), tcp.port, signal);
  if (http) return tryHttp(await asking.address(), http, signal);
  if (console) return tryConsole(cloud, asking.targetId, console.line);
  if (sql) {
    const database = file.databases[sql.named];
    if (!database) throw invalidInput('plan-database-unknown', `The plans file has no database "${sql.named}".`);
    return trySql(await asking.address(), database, { timeoutMs, signal });
  }
  const how = { what: `Probe ${probeText(probe)}`, env: environment(facts), timeoutMs, signal };
  const said = await runCommand(commandOf(file, command ?? ''), how);
  return { passed: true, said: said.trim().slice(-500) };
}
