import type { ResolvedProbe } from '@lifeboat/contracts';
import type { Cloud } from '@lifeboat/openstack-client';
import type { PlansFile } from '../plans-file.ts';

/** What a probe needs to be asked once. */
export interface Asking {
  readonly cloud: Cloud;
  readonly file: PlansFile;
  /** Where the server is reached from outside, as it stands at the target now. */
  readonly address: () => Promise<string>;
  /** The server's id at the target. */
  readonly targetId: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** One try's outcome: what it found, for people. */
export type Tried = { readonly passed: boolean; readonly said: string };

export const serverOf = ({ tcp, http, sql, console }: ResolvedProbe): string | undefined =>
  (tcp ?? http ?? sql ?? console)?.server;

/** Those that come from outside, which nobody can who looks at a drill. */
export const fromOutside = ({ tcp, http, sql }: ResolvedProbe): boolean => Boolean(tcp ?? http ?? sql);

/** For people: which probe. */
export function probeText({ tcp, http, sql, console, command }: ResolvedProbe): string {
  if (tcp) return `tcp ${tcp.port}`;
  if (http) return `http ${http.port}${http.path ?? '/'}`;
  if (sql) return `sql ${sql.named}`;
  return console ? `console /${console.line}/` : `command ${command}`;
}
