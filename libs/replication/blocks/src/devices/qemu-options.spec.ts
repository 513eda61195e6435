import type { QemuSource } from './qemu-options.ts';
import { imageOptions, qemuFailure } from './qemu-options.ts';

const iscsi: QemuSource = {
  kind: 'iscsi',
  at: {
    portal: '192.0.2.5:3260',
    iqn: 'iqn.2010-10.org.openstack:v',
    lun: 1,
    chap: { user: 'u', password: 'hush, hush' },
  },
};

describe('what QEMU is told', () => {
  it('of an RBD snapshot has the cluster with it, and what QEMU would cut at escaped', () =>
    expect(
      imageOptions(
        {
          kind: 'rbd',
          at: {
            cluster: { conf: '/etc/ceph/a:b.conf', user: 'cinder', keyring: '/etc/ceph/k' },
            pool: 'volumes',
            image: 'odd@name',
            snapshot: 's',
          },
        },
        '/f',
      ).arguments,
    ).toEqual([
      '--format',
      'raw',
      'rbd:volumes/odd\\@name@s:id=cinder:conf=/etc/ceph/a\\:b.conf:keyring=/etc/ceph/k:client_mount_timeout=15',
    ]));

  it('has a CHAP password in a file, not among the arguments', () => {
    const told = imageOptions(iscsi, '/f');
    expect(told.arguments.join(' ')).not.toContain('hush');
    expect(told.arguments.slice(0, 2)).toEqual(['--object', 'secret,id=chap,file=/f/chap']);
    expect(told.files).toEqual([{ path: '/f/chap', text: 'hush, hush' }]);
  });

  it('has commas doubled, which would end a value', () =>
    expect(imageOptions({ kind: 'file', path: '/a,b', format: 'raw' }, '/f').arguments).toEqual([
      '--image-opts',
      'driver=raw,file.driver=file,file.filename=/a,,b',
    ]));
});

describe('what QEMU said', () => {
  it.each([
    ['qemu-nbd: error reading header from x: No such file or directory', 'not-found', 'device-not-found'],
    ["qemu-nbd: Could not open '/x': Permission denied", 'forbidden', 'device-forbids'],
    ['qemu-nbd: error connecting: Connection timed out', 'unavailable', 'storage-unreachable'],
    ['qemu-nbd: Failed to get "write" lock', 'conflict', 'device-busy'],
    ['qemu-nbd: Image is not in qcow2 format', 'external', 'device-not-opened'],
  ])('as %j is %s %s', (stderr, kind, code) => expect(qemuFailure(iscsi, 1, stderr)).toMatchObject({ kind, code }));

  it('is passed on without a secret', () =>
    expect(qemuFailure(iscsi, 1, 'login as u with hush, hush failed').message).not.toContain('hush'));
});
