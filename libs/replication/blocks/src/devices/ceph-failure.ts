import type { LifeboatError } from '@lifeboat/kernel';
import { conflict, external, forbidden, notFound, unavailable } from '@lifeboat/kernel';
import type { CephCluster } from './ceph.ts';

interface Failed {
  readonly cluster: CephCluster;
  readonly args: readonly string[];
  readonly exitCode: number | null;
  readonly stderr: string;
}

/** What `rbd` exits with is an errno. */
const EPERM = 1;
const ENOENT = 2;
const EACCES = 13;
const EBUSY = 16;
const EEXIST = 17;
const ENOTEMPTY = 39;

/** `2026-11-29T20:48:44.084+0000 7f7aa46a0380 -1 ` before what librados says. */
const LOG_PREFIX = /^\d{4}-\d\d-\d\dT\S+ [0-9a-f]+ +-?\d+ /;

/** What a failed `rbd` means. The names of what was not found are in its words, so those are looked at where the errno says too little. */
export function cephFailure({ cluster, args, exitCode, stderr }: Failed): LifeboatError {
  const said = stderr
    .split('\n')
    .map((line) => line.replace(LOG_PREFIX, '').trim())
    .filter(Boolean);
  const words = said.slice(-3).join('; ') || `exit code ${exitCode}`;
  const message = `rbd ${args.join(' ')} with ${cluster.conf}: ${words}`;
  const data = { conf: cluster.conf, user: cluster.user, exitCode };
  if (/couldn't connect to the cluster|unable to open config file/.test(stderr))
    return notConnected(cluster, stderr, exitCode, { message, data });
  switch (exitCode) {
    case EPERM:
    case EACCES:
      return notAllowed(message, cluster, data);
    case ENOENT:
      return /error opening (default )?pool/.test(stderr)
        ? notFound('ceph-pool-not-found', message, { data })
        : notFound('rbd-image-not-found', message, { data });
    case EEXIST:
      return conflict('ceph-exists', message, { data });
    case EBUSY:
      return conflict('ceph-busy', message, { data });
    case ENOTEMPTY:
      return conflict('ceph-not-empty', message, { data });
    default:
      return external('ceph-command-failed', message, { retry: exitCode === null ? 'yes' : 'no', data });
  }
}

type Said = { readonly message: string; readonly data: Readonly<Record<string, unknown>> };

/** A cluster that lets nobody in fails at the same place as one that is not there. */
function notConnected(cluster: CephCluster, stderr: string, exitCode: number | null, { message, data }: Said) {
  if (/no keyring found|unable to open config file/.test(stderr))
    return notFound('ceph-settings-not-found', message, {
      mend: `Place ${cluster.conf} and the keyring of client.${cluster.user} on the worker's host.`,
      data,
    });
  if (exitCode === EPERM || exitCode === EACCES || /handle_auth_bad_method|Permission denied/.test(stderr))
    return notAllowed(message, cluster, data);
  return unavailable('ceph-unreachable', message, {
    mend: 'Look whether its monitors run and are reached from the worker.',
    data,
  });
}

const notAllowed = (message: string, { user }: CephCluster, data: Said['data']) =>
  forbidden('ceph-forbidden', message, {
    mend: `Give client.${user} the caps "profile rbd" on the pool (ceph auth caps), or name another user.`,
    data,
  });
