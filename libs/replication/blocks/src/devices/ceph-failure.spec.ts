import { cephFailure } from './ceph-failure.ts';

const cluster = { conf: '/etc/ceph/alpha.conf', user: 'cinder' };
const failure = (exitCode: number | null, stderr: string) =>
  cephFailure({ cluster, args: ['info', 'p/i'], exitCode, stderr });

// As Ceph 16 says it.
const NO_KEYRING = `2026-11-29T20:52:01.456+0000 7fba130a0380 -1 auth: unable to find a keyring on /etc/ceph/k: (2) No such file or directory
2026-11-29T20:52:01.456+0000 7fba130a0380 -1 AuthRegistry(0x7fff9987fee0) no keyring found at /etc/ceph/k, disabling cephx
rbd: couldn't connect to the cluster!
rbd: listing images failed: (2) No such file or directory`;

describe('a failed rbd command', () => {
  it.each([
    [2, 'rbd: error opening image i: (2) No such file or directory', 'not-found', 'rbd-image-not-found'],
    [2, "rbd: error opening pool 'p': (2) No such file or directory", 'not-found', 'ceph-pool-not-found'],
    [2, NO_KEYRING, 'not-found', 'ceph-settings-not-found'],
    [1, 'global_init: unable to open config file from search list /nope.conf', 'not-found', 'ceph-settings-not-found'],
    [1, 'rbd: create error: (1) Operation not permitted', 'forbidden', 'ceph-forbidden'],
    [
      13,
      "monclient(hunting): handle_auth_bad_method server allowed_methods [2]\nrbd: couldn't connect to the cluster!",
      'forbidden',
      'ceph-forbidden',
    ],
    [
      110,
      "2026-11-29T20:51:14.008+0000 7fe5739b8380  0 monclient(hunting): authenticate timed out after 5\nrbd: couldn't connect to the cluster!",
      'unavailable',
      'ceph-unreachable',
    ],
    [17, 'rbd: create error: (17) File exists', 'conflict', 'ceph-exists'],
    [16, 'rbd: error: image still has watchers', 'conflict', 'ceph-busy'],
    [39, 'rbd: image has snapshots', 'conflict', 'ceph-not-empty'],
    [22, 'rbd: mirroring is not enabled', 'external', 'ceph-command-failed'],
  ])('with exit code %i and %j is %s %s', (exitCode, stderr, kind, code) =>
    expect(failure(exitCode, stderr)).toMatchObject({ kind, code }),
  );

  it('says the cluster and what rbd said, without the prefix of its log', () =>
    expect(
      failure(110, '2026-11-29T20:51:14.008+0000 7fe5739b8380  0 monclient(hunting): authenticate timed out after 5')
        .message,
    ).toBe('rbd info p/i with /etc/ceph/alpha.conf: monclient(hunting): authenticate timed out after 5'));
});
