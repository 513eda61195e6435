import type { Json } from '@lifeboat/kernel';
import { aftershocksOf, topology } from '@lifeboat/openstack-entity-api';
import type { Entity, Refs } from '@lifeboat/openstack-entity-api';
import { gzipSync } from 'node:zlib';
import { entities } from '../../index.ts';

const VOLUME = '7b0c7b5e-5d0f-4c39-9d5f-0a3a4d0f6a11';
const PASSWORD = 'correct horse battery staple';

interface Given {
  readonly spec?: Readonly<Record<string, Json>>;
  readonly refs?: Refs;
  readonly observed?: Readonly<Record<string, Json>>;
}
const made = (kind: string, id: string, { spec = {}, refs = {}, observed = {} }: Given = {}): Entity => ({
  kind,
  id,
  name: String(spec['name'] ?? ''),
  spec,
  refs,
  observed,
});
const server = (given: Given = {}): Entity =>
  made('server', 's1', { ...given, spec: { name: 'db-1', boots_from: 'volume', ...given.spec } });
const disk = { volumes: [{ kind: 'volume', id: VOLUME }] };
const volume = (spec: Given['spec'] = {}): Entity => made('volume', VOLUME, { spec: { name: 'root', ...spec } });

const told = (userData: string | Buffer, ...others: Entity[]): readonly { code: string; message: string }[] => {
  const base64 = Buffer.from(userData).toString('base64');
  const all = [server({ spec: { user_data: 'sealed' }, refs: disk }), volume(), ...others];
  return aftershocksOf(topology(all), entities, (sealed) => (sealed === undefined ? undefined : base64));
};
const codes = (...all: Entity[]): string[] =>
  aftershocksOf(topology(all), entities, () => undefined).map(({ code }) => code);
const messageOf = (shocks: readonly { code: string; message: string }[], code: string): string =>
  shocks.find((shock) => shock.code === code)?.message ?? '';

describe('the after-shock report', () => {
  it('says of every server that it is a new instance, and what is known of its password', () => {
    expect(codes(server())).toEqual(['new-instance-id', 'admin-password']);
  });

  it('names the steps that cloud-init runs again', () => {
    const shocks = told(`#cloud-config\nruncmd:\n  - echo ${PASSWORD}\nchpasswd:\n  list: root:${PASSWORD}\n`);
    expect(messageOf(shocks, 'new-instance-id')).toContain('runcmd, chpasswd');
  });

  it('reads user data that is gzipped too', () => {
    const shocks = told(gzipSync('#cloud-config\nbootcmd:\n  - true\n'));
    expect(messageOf(shocks, 'new-instance-id')).toContain('bootcmd');
  });

  it('warns of disks that would be formatted again, and only of those', () => {
    const setup = (overwrite: string): string =>
      `#cloud-config\nfs_setup:\n  - device: /dev/vdb\n    filesystem: ext4\n    overwrite: ${overwrite}\n`;
    expect(told(setup('true')).map(({ code }) => code)).toContain('disks-formatted-again');
    expect(told(setup('false')).map(({ code }) => code)).not.toContain('disks-formatted-again');
  });

  it('says which disk names change, and in which lines user data uses them', () => {
    const shocks = told(`#!/bin/sh\n\nmount /dev/disk/by-id/virtio-${VOLUME.slice(0, 20)} /data\n`);
    expect(messageOf(shocks, 'disk-serials-change')).toContain('virtio-7b0c7b5e-5d0f-4c39-9');
    expect(messageOf(shocks, 'disk-serials-change')).toContain('line 3');
  });

  it('finds ids and floating IPs of the source in metadata and user data', () => {
    const address = made('floating-ip', 'f1f1f1f1-0000-4000-8000-00000000f1f1', { spec: { name: '203.0.113.9' } });
    const other = server({ spec: { metadata: { peer: `volume ${VOLUME}` } } });
    const shocks = told('#!/bin/sh\ncurl http://203.0.113.9/\n', address, { ...other, id: 's2', name: 'web' });
    const named = shocks.filter(({ code }) => code === 'names-what-changes').map(({ message }) => message);
    expect(named).toEqual([
      expect.stringContaining('user data line 2 names floating IP 203.0.113.9'),
      expect.stringContaining('metadata peer names volume root'),
    ]);
  });

  it('never quotes user data', () => {
    const shocks = told(`#cloud-config\npassword: ${PASSWORD}\nmounts:\n  - [${VOLUME}, /${PASSWORD}]\n`);
    expect(JSON.stringify(shocks)).not.toContain(PASSWORD);
  });

  it('says when user data could not be looked through', () => {
    const shocks = aftershocksOf(
      topology([{ ...server(), unseen: [{ field: 'user_data', reason: 'needs admin rights' }] }]),
      entities,
      () => undefined,
    );
    expect(messageOf(shocks, 'new-instance-id')).toContain('could not be read');
  });

  it('has an answer for what cannot be carried, for the servers that it concerns', () => {
    const port = made('port', 'p1', { refs: { network: { kind: 'network', id: 'n1' } } });
    const address = made('floating-ip', 'f1', {
      spec: { name: '203.0.113.9' },
      refs: { port: { kind: 'port', id: 'p1' } },
    });
    const flavor = made('flavor', 'gpu', {
      spec: { name: 'gpu', ephemeral: 10, swap: 0, extra_specs: { 'resources:VGPU': '1', 'hw:tpm_version': '2.0' } },
    });
    const image = made('image', 'i1', { spec: { name: 'guest', properties: { hw_firmware_type: 'uefi' } } });
    const all = server({
      spec: { boots_from: 'image' },
      refs: {
        flavor: { kind: 'flavor', id: 'gpu' },
        image: { kind: 'image', id: 'i1' },
        keypair: { kind: 'keypair', id: 'k1' },
        ports: [{ kind: 'port', id: 'p1' }],
      },
      observed: { status: 'SHELVED_OFFLOADED' },
    });
    const network = made('network', 'n1', { observed: { foreign: true } });
    expect(codes(all, port, address, flavor, image, network)).toEqual([
      'new-instance-id',
      'mac-may-change',
      'admin-password',
      'injected-files',
      'private-key',
      'floating-ip-address',
      'nvram',
      'vtpm',
      'host-devices',
      'ephemeral-disks',
      'memory',
    ]);
    expect(codes(server({ refs: disk }), volume({ image_metadata: { hw_firmware_type: 'uefi' } }))).toContain('nvram');
    expect(told('export OS_APPLICATION_CREDENTIAL_ID=x').map(({ code }) => code)).toContain('application-credential');
  });
});
