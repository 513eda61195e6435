import { connectorOf, deviceOf } from './attachment.ts';

const connector = connectorOf({ host: 'Worker_1', ip: '192.0.2.9' });
const ceph = { conf: '/etc/ceph/alpha.conf', user: 'cinder' };

// As Cinder answers them; ids shortened.
const RBD = {
  driver_volume_type: 'rbd',
  name: 'volumes/volume-5f6c',
  hosts: ['192.0.2.1', '192.0.2.2'],
  ports: ['6789', '6789'],
  cluster_name: 'ceph',
  auth_enabled: true,
  auth_username: 'cinder',
  secret_type: 'ceph',
  secret_uuid: '457eb676',
  volume_id: '5f6c',
  discard: true,
  qos_specs: null,
  access_mode: 'rw',
  encrypted: false,
  attachment_id: '77aa',
};
const ISCSI = {
  driver_volume_type: 'iscsi',
  target_discovered: false,
  target_portal: '192.0.2.5:3260',
  target_iqn: 'iqn.2010-10.org.openstack:volume-5f6c',
  target_lun: 1,
  volume_id: '5f6c',
  auth_method: 'CHAP',
  auth_username: 'uTq8',
  auth_password: 'correct horse',
  qos_specs: null,
  access_mode: 'rw',
  encrypted: false,
};
const NFS = {
  driver_volume_type: 'nfs',
  export: '192.0.2.3:/srv/cinder',
  name: 'volume-5f6c',
  options: null,
  format: 'qcow2',
  qos_specs: null,
  access_mode: 'rw',
};

describe('the device of an attachment', () => {
  it('of Ceph is the image, with the cluster of the settings', () =>
    expect(deviceOf(RBD, { connector, ceph })).toEqual({
      kind: 'rbd',
      at: { cluster: ceph, pool: 'volumes', image: 'volume-5f6c' },
    }));

  it('of Ceph may lie in a namespace', () =>
    expect(deviceOf({ ...RBD, name: 'volumes/tenants/volume-5f6c' }, { connector, ceph })).toMatchObject({
      at: { pool: 'volumes', namespace: 'tenants', image: 'volume-5f6c' },
    }));

  it('of iSCSI is the LUN, logged in to as whom the connector named', () =>
    expect(deviceOf(ISCSI, { connector })).toEqual({
      kind: 'iscsi',
      at: {
        portal: '192.0.2.5:3260',
        iqn: 'iqn.2010-10.org.openstack:volume-5f6c',
        lun: 1,
        initiator: 'iqn.2008-11.org.linux-kvm:lifeboat-worker-1',
        chap: { user: 'uTq8', password: 'correct horse' },
      },
    }));

  it('is read from the older form too', () => {
    const { driver_volume_type, auth_method: _, ...data } = ISCSI;
    expect(deviceOf({ driver_volume_type, data }, { connector })).toMatchObject({ kind: 'iscsi', at: { lun: 1 } });
  });

  it('of NFS is the file in its export, in the format that Cinder names', () =>
    expect(deviceOf(NFS, { connector })).toEqual({
      kind: 'nfs',
      at: { host: '192.0.2.3', path: '/srv/cinder/volume-5f6c' },
      format: 'qcow2',
    }));

  it('of NFS is the file in the mount where the host has one', () =>
    expect(
      deviceOf({ ...NFS, options: 'vers=4.1' }, { connector, nfsMounts: { '192.0.2.3:/srv/cinder': '/mnt/cinder' } }),
    ).toEqual({ kind: 'file', path: '/mnt/cinder/volume-5f6c', format: 'qcow2' }));

  it('of the host itself is its path', () =>
    expect(
      deviceOf({ driver_volume_type: 'local', device_path: '/dev/cinder-volumes/volume-5f6c' }, { connector }),
    ).toEqual({ kind: 'local', path: '/dev/cinder-volumes/volume-5f6c' }));

  it.each([
    ['Ceph that is not configured', RBD, 'attachment-needs-ceph'],
    ['NFS 4 that is not mounted', { ...NFS, options: '-o vers=4.1' }, 'attachment-needs-mount'],
    ['Fibre Channel', { driver_volume_type: 'fibre_channel', target_wwn: ['5006'] }, 'attachment-kind-unknown'],
    ['an attachment without a connector', {}, 'attachment-unreadable'],
    ['none at all', null, 'attachment-unreadable'],
    ['a LUN that is no number', { ...ISCSI, target_lun: 'x' }, 'attachment-unreadable'],
    ['CHAP without a password', { ...ISCSI, auth_password: null }, 'attachment-unreadable'],
    ['a file outside its export', { ...NFS, name: '../volume-5f6c' }, 'attachment-unreadable'],
  ])('refuses %s', (_, info, code) =>
    expect(() => deviceOf(info, { connector })).toThrow(expect.objectContaining({ kind: 'invalid-input', code })),
  );

  it('is refused by its name, with what to do', () =>
    expect(() => deviceOf({ driver_volume_type: 'nvmeof' }, { connector })).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('"nvmeof"') as string,
        mend: expect.stringContaining('cinder-backup') as string,
      }),
    ));

  it('has no secret in its refusals', () => {
    const refused = (): unknown => {
      try {
        return deviceOf({ ...ISCSI, target_iqn: null }, { connector });
      } catch (thrown) {
        return thrown;
      }
    };
    expect(JSON.stringify(refused())).not.toContain('correct horse');
  });
});
