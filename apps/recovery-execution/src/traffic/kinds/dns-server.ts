import { asLifeboatError, external, LifeboatError, unavailable } from '@lifeboat/kernel';
import { runCommand } from '@lifeboat/replication-driver-api';
import { join } from 'node:path';
import type { PlansFile } from '../../plan/plans-file.ts';
import { sameRecordSet } from './record-set.ts';
import type { RecordSet } from './record-set.ts';

/** How one DNS server is asked and changed: by `dig` and `nsupdate`, which read the key's file themselves, so that no key is ever ours. */
export interface DnsServer {
  readonly name: string;
  readonly at: PlansFile['dnsServers'][string];
  /** Where the two programs are; else in the system's path. */
  readonly programs: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Question {
  readonly name: string;
  readonly type: string;
}

interface Answer {
  readonly status: string;
  readonly authoritative: boolean;
  /** `[name, ttl, class, type, data…]` */
  readonly records: readonly (readonly string[])[];
}

const PATIENCE = { '+time': 5, '+tries': 2 };
/** What passes by itself; whatever else a server says is its word. */
const PASSES =
  /SERVFAIL|timed out|connection refused|communication with .* failed|no servers could be reached|unreachable/i;
const SAYS = ['NOERROR', 'NXDOMAIN'];

/** What the server itself says of a name. Throws `dns-refused`, and `dns-server-away` where it gives no answer. */
export async function recordSetAt(server: DnsServer, { name, type }: Question): Promise<RecordSet> {
  const { records } = await ask(server, { name, type });
  const other = records.find(([, , , is]) => is === 'CNAME');
  if (other)
    throw external('dns-other-record', `${name} is a CNAME at ${server.name}, beside which nothing can stand.`, {
      retry: 'no',
      mend: 'Remove it there, or switch the name that it leads to.',
    });
  const found = records.filter(([, , , is]) => is === type);
  const [first] = found;
  return first ? { ttl: Number(first[1]), records: found.map(([, , , , data]) => data ?? '') } : null;
}

/** Whether the server speaks for the zone by itself. */
export async function servesZone(server: DnsServer, zone: string): Promise<boolean> {
  const { authoritative, records } = await ask(server, { name: zone, type: 'SOA' }, [...SAYS, 'REFUSED']);
  return (
    authoritative && records.some(([name, , , type]) => type === 'SOA' && name?.toLowerCase() === zone.toLowerCase())
  );
}

/** One update, all or nothing. Doing it again changes nothing. Throws `dns-refused`, `dns-not-taken`, and `dns-server-away`. */
export async function putRecordSet(
  server: DnsServer,
  { zone, name, type }: Question & { readonly zone: string },
  wanted: RecordSet,
): Promise<void> {
  const { host, port, keyFile } = server.at;
  const script = [
    `server ${host} ${port}`,
    `zone ${zone}`,
    `update delete ${name} ${type}`,
    ...(wanted?.records.map((record) => `update add ${name} ${wanted.ttl ?? 0} ${type} ${record}`) ?? []),
    'send',
  ];
  // By TCP: it is answered, or it was not heard.
  const args = ['-v', ...(keyFile === undefined ? [] : ['-k', keyFile])];
  await run(server, 'nsupdate', args, `${script.join('\n')}\n`);
  if (sameRecordSet(await recordSetAt(server, { name, type }), wanted)) return;
  throw external('dns-not-taken', `${server.name} took the update of ${name} ${type}, and says something else of it.`, {
    retry: 'yes',
    mend: 'Look at its log.',
  });
}

async function ask(server: DnsServer, { name, type }: Question, says: readonly string[] = SAYS): Promise<Answer> {
  const { host, port, keyFile } = server.at;
  const key = keyFile === undefined ? [] : ['-k', keyFile];
  const shown = ['+noall', '+comments', '+answer', '+norecurse', '+tcp'];
  const patience = Object.entries(PATIENCE).map(([option, value]) => `${option}=${value}`);
  const args = ['-r', `@${host}`, '-p', String(port), ...key, '-q', name, '-t', type, ...shown, ...patience];
  const answer = answerIn(await run(server, 'dig', args));
  if (says.includes(answer.status)) return answer;
  throw refusal(server, `it answers ${answer.status} when asked for ${name} ${type}`);
}

/** What dig prints, read. Pure. */
export function answerIn(text: string): Answer {
  const lines = text.split('\n');
  return {
    status: /status: ([A-Z]+)/.exec(text)?.[1] ?? 'nothing',
    authoritative: / aa[ ;]/.test(/;; flags:[^;]*;/.exec(text)?.[0] ?? ''),
    records: lines.filter((line) => line !== '' && !line.startsWith(';')).map((line) => line.trim().split(/\s+/)),
  };
}

async function run(
  server: DnsServer,
  program: 'dig' | 'nsupdate',
  args: readonly string[],
  input?: string,
): Promise<string> {
  const path = server.programs === undefined ? program : join(server.programs, program);
  const { timeoutMs, signal } = server;
  const how = {
    what: `${program} of ${server.name}`,
    env: {},
    timeoutMs,
    signal,
    ...(input !== undefined && { input }),
  };
  return runCommand([path, ...args], how).catch((thrown: unknown) => {
    signal.throwIfAborted();
    const error = asLifeboatError(thrown);
    if (error.code === 'hook-not-run')
      throw external('dns-program-missing', `${error.message}.`, {
        retry: 'no',
        mend: 'Install it where recovery-execution runs (Debian: bind9-dnsutils).',
        cause: error,
      });
    throw error.code === 'hook-failed' ? refusal(server, error.message) : error;
  });
}

function refusal({ name, at: { host, port } }: DnsServer, said: string): LifeboatError {
  if (PASSES.test(said)) return unavailable('dns-server-away', `DNS server ${name} (${host}, port ${port}): ${said}`);
  return external('dns-refused', `DNS server ${name} (${host}, port ${port}) refused: ${said}`, {
    retry: 'no',
    mend: 'Let its key update that zone (BIND: update-policy or allow-update), and see that both clocks agree.',
  });
}
