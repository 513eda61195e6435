import type { Finding, TrafficSwitch } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { missingFromFile } from '../../plan/named-things.ts';
import type { SwitchKind, Switching } from '../switch-kind.ts';
import { putRecordSet, recordSetAt, servesZone } from './dns-server.ts';
import type { DnsServer } from './dns-server.ts';
import { recordSetFor, showRecordSet } from './record-set.ts';
import type { RecordSet } from './record-set.ts';

type Record = NonNullable<TrafficSwitch['record']>;

/** Of records that there were none of, where the plan says nothing. */
const USUAL_TTL = 300;
const CHECK_MS = 30_000;

/** RFC 2136: a record set at any DNS server that takes dynamic updates. */
export const record: SwitchKind<Record, RecordSet> = {
  text: ({ name, type, at }) => `record ${name} ${type} at ${at}`,

  async blockers(what, { file, where, signal }): Promise<readonly Finding[]> {
    const unknown = missingFromFile(file.dnsServers, what.at, 'DNS server', where);
    if (unknown.length > 0) return unknown;
    const server = serverOf(what, { file, signal, timeoutMs: CHECK_MS });
    if (!(await servesZone(server, what.zone)))
      return [
        {
          code: 'plan-zone-unknown',
          where,
          message: `${what.at} does not serve ${what.zone} by itself.`,
          mend: 'Name the primary server of that zone, or correct the zone.',
        },
      ];
    await recordSetAt(server, what);
    return [];
  },

  look: (what, _servers, switching) => recordSetAt(serverOf(what, switching), what),
  wanted: (what, before, servers) => recordSetFor(what, before, servers, USUAL_TTL),
  async put(what, _from, to, switching) {
    await putRecordSet(serverOf(what, switching), what, to);
    return {};
  },
  show: showRecordSet,
};

function serverOf(
  { at }: Record,
  { file, timeoutMs, signal }: Pick<Switching, 'file' | 'timeoutMs' | 'signal'>,
): DnsServer {
  const known = file.dnsServers[at];
  if (known) return { name: at, at: known, programs: file.dnsPrograms, timeoutMs, signal };
  throw invalidInput('plan-dns-server-unknown', `The plans file has no DNS server "${at}".`, {
    mend: 'Add it to "dnsServers" in the file that LIFEBOAT_PLANS_FILE names at recovery-execution, and restart that.',
  });
}
