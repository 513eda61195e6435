import { external, timedOut } from '@lifeboat/kernel';
import { cephFailure } from './ceph-failure.ts';
import { endingOf, startChild } from './child.ts';

/** How a Ceph cluster is reached. Paths on the worker's host; no secret is in here, the keyring is a file. */
export interface CephCluster {
  /** `/etc/ceph/primary.conf`. Its name without `.conf` is the cluster's name where that file says `$cluster`. */
  readonly conf: string;
  /** Without `client.`: `cinder`. */
  readonly user: string;
  /** Where `conf` does not say it. */
  readonly keyring?: string;
}

export interface RbdCall {
  readonly signal?: AbortSignal;
  /** For all of it; 60 s where nothing else is said. */
  readonly timeoutMs?: number;
}

/** Monitors that have not answered by then do not: librados would wait for five minutes. */
export const MOUNT_TIMEOUT_S = 15;
const ANSWER_LIMIT = 256 * 1024 * 1024;

/** The arguments that say which cluster, for `rbd` and whatever else parses Ceph's. */
export const clusterArgs = ({ conf, user, keyring }: CephCluster): readonly string[] => [
  ...['--conf', conf, '--id', user],
  ...(keyring === undefined ? [] : ['--keyring', keyring]),
  `--client_mount_timeout=${MOUNT_TIMEOUT_S}`,
];

/**
 * Runs `rbd <args>` and answers what it wrote to stdout. `args` are seen by whoever lists processes: no secret.
 *
 * Throws `not-found` `rbd-image-not-found`, `ceph-pool-not-found`; `conflict` `ceph-exists`, `ceph-busy`, `ceph-not-empty`; `forbidden` `ceph-forbidden`;
 * `unavailable` `ceph-unreachable`; `timeout` `ceph-timeout`; `illegal-state` `program-missing`; `external` `ceph-command-failed`. What was asked for may
 * have happened, or still happen, after `ceph-unreachable`, `ceph-timeout` and an abort.
 */
export async function rbd(cluster: CephCluster, args: readonly string[], call: RbdCall = {}): Promise<string> {
  const timeoutMs = call.timeoutMs ?? 60_000;
  call.signal?.throwIfAborted();
  const late = AbortSignal.timeout(timeoutMs);
  const child = startChild(
    'rbd',
    [...clusterArgs(cluster), ...args],
    call.signal ? AbortSignal.any([call.signal, late]) : late,
  );
  const parts: Buffer[] = [];
  let bytes = 0;
  child.stdout.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > ANSWER_LIMIT) child.kill('SIGKILL');
    else parts.push(part);
  });
  const { exitCode, stderr } = await endingOf(child, 'rbd');
  if (exitCode === 0) return Buffer.concat(parts).toString('utf8');
  call.signal?.throwIfAborted();
  if (late.aborted) throw cephTimeout(cluster, args, timeoutMs);
  throw cephFailure({ cluster, args, exitCode, stderr });
}

/** `rbd <args> --format json`, parsed. What it looks like depends on Ceph's release: check it. */
export async function rbdJson(cluster: CephCluster, args: readonly string[], call: RbdCall = {}): Promise<unknown> {
  const text = await rbd(cluster, [...args, '--format', 'json'], call);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw external('ceph-answer-unreadable', `rbd ${args.slice(0, 2).join(' ')} answered no JSON.`, { cause });
  }
}

const cephTimeout = (cluster: CephCluster, args: readonly string[], timeoutMs: number) =>
  timedOut('ceph-timeout', `rbd ${args.join(' ')} with ${cluster.conf} was not done in ${timeoutMs / 1_000} s.`, {
    mend: 'Look whether the cluster is healthy (ceph -s) and reached from the worker.',
    data: { conf: cluster.conf, command: args.slice(0, 2).join(' ') },
  });
