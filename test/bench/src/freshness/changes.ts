import type { Cloud } from '@lifeboat/openstack-client';
import { until } from '@lifeboat/testing';
import type { Shop } from '@lifeboat/testing';
import { Readable } from 'node:stream';

export interface Told {
  readonly exchange: 'nova' | 'neutron' | 'cinder' | 'glance';
  readonly eventType: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

interface Ref {
  readonly kind: string;
  readonly id: string;
}

export interface Stored {
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly refs: Readonly<Record<string, Ref | readonly Ref[] | undefined>>;
  readonly observed: Readonly<Record<string, unknown>>;
}

/** A change that the cloud shows already: what its service tells of it, and what must be stored. */
export interface Made {
  readonly told: readonly Told[];
  readonly ref: Ref;
  readonly stands: (stored: Stored | undefined) => boolean;
}

export interface Change {
  readonly what: string;
  readonly make: (round: number) => Promise<Made>;
}

const FLAVORS = ['small', 'tiny'] as const;
const TYPES = ['__DEFAULT__', 'standard'] as const;
const IMAGE_BYTES = 65_536;

/** What users do to a workload all day; payloads as the services of Zed write them, without what nobody reads. */
export async function changesOf(cloud: Cloud, shop: Shop): Promise<readonly Change[]> {
  const { projectId } = await cloud.whoAmI();
  const [moving, growing] = [await volumeOf(cloud, 'moving'), await volumeOf(cloud, 'growing')];
  return [
    ...serverChanges(cloud, shop, projectId),
    reattach(cloud, shop, moving, projectId),
    ...networkChanges(cloud, shop, projectId),
    ...volumeChanges(cloud, growing, projectId),
    ...imageChanges(cloud, projectId),
  ];
}

function serverChanges(cloud: Cloud, { servers }: Shop, projectId: string): readonly Change[] {
  const instance = (id: string) => ({ instance_id: id, tenant_id: projectId, state: 'active' });
  return [
    {
      what: 'rename',
      async make(round) {
        const name = `renamed ${round}`;
        await cloud.compute.put(`/servers/${servers.web1}`, { server: { name } });
        return {
          told: [{ exchange: 'nova', eventType: 'compute.instance.update', payload: instance(servers.web1) }],
          ref: { kind: 'server', id: servers.web1 },
          stands: (stored) => stored?.name === name,
        };
      },
    },
    {
      what: 'resize',
      async make(round) {
        const flavor = FLAVORS[(round + 1) % FLAVORS.length] ?? '';
        const { flavors } = await cloud.compute.get<{ flavors: { id: string; name: string }[] }>('/flavors');
        const flavorRef = flavors.find(({ name }) => name === flavor)?.id;
        await cloud.compute.post(`/servers/${servers.web2}/action`, { resize: { flavorRef } });
        await serverIs(cloud, servers.web2, 'VERIFY_RESIZE');
        await cloud.compute.post(`/servers/${servers.web2}/action`, { confirmResize: null });
        await serverIs(cloud, servers.web2, 'ACTIVE');
        return {
          told: [
            { exchange: 'nova', eventType: 'compute.instance.resize.confirm.end', payload: instance(servers.web2) },
          ],
          ref: { kind: 'server', id: servers.web2 },
          stands: (stored) => (stored?.refs['flavor'] as Ref | undefined)?.id === flavor,
        };
      },
    },
  ];
}

/** From one server to another; Nova tells of both. */
function reattach(cloud: Cloud, { servers }: Shop, volumeId: string, projectId: string): Change {
  let at: string | undefined;
  return {
    what: 're-attach',
    async make(round) {
      const [from, to] = [at, round % 2 === 1 ? servers.web1 : servers.web2];
      if (from !== undefined) await cloud.compute.delete(`/servers/${from}/os-volume_attachments/${volumeId}`);
      await volumeIs(cloud, volumeId, ({ status }) => status === 'available');
      await cloud.compute.post(`/servers/${to}/os-volume_attachments`, { volumeAttachment: { volumeId } });
      await volumeIs(cloud, volumeId, ({ status }) => status === 'in-use');
      at = to;
      const told = (verb: string, server: string): Told => ({
        exchange: 'nova',
        eventType: `compute.instance.volume.${verb}`,
        payload: { instance_id: server, tenant_id: projectId, volume_id: volumeId, state: 'active' },
      });
      return {
        told: [...(from === undefined ? [] : [told('detach', from)]), told('attach', to)],
        ref: { kind: 'server', id: to },
        stands: (stored) => [stored?.refs['volumes'] ?? []].flat().some(({ id }) => id === volumeId),
      };
    },
  };
}

function networkChanges(cloud: Cloud, { groups, ports, floatingIp }: Shop, projectId: string): readonly Change[] {
  const of = { project_id: projectId, tenant_id: projectId };
  return [
    {
      what: 'security-group change',
      async make(round) {
        const range = { port_range_min: 8_000 + round, port_range_max: 8_000 + round };
        const wish = { security_group_id: groups.web, direction: 'ingress', protocol: 'tcp', ...range };
        const { security_group_rule: rule } = await cloud.network.post<{ security_group_rule: { id: string } }>(
          '/security-group-rules',
          { security_group_rule: wish },
        );
        const payload = { security_group_rule: { id: rule.id, security_group_id: groups.web, ...of } };
        return {
          told: [{ exchange: 'neutron', eventType: 'security_group_rule.create.end', payload }],
          ref: { kind: 'security-group-rule', id: rule.id },
          stands: (stored) => stored?.spec['port_range_min'] === range.port_range_min,
        };
      },
    },
    {
      what: 'port update',
      async make(round) {
        const name = `vip ${round}`;
        await cloud.network.put(`/ports/${ports.vip}`, { port: { name } });
        const payload = { port: { id: ports.vip, name, ...of } };
        return {
          told: [{ exchange: 'neutron', eventType: 'port.update.end', payload }],
          ref: { kind: 'port', id: ports.vip },
          stands: (stored) => stored?.name === name,
        };
      },
    },
    {
      what: 'floating IP association',
      async make(round) {
        const port = round % 2 === 1 ? ports.web2 : ports.web1;
        await cloud.network.put(`/floatingips/${floatingIp.id}`, { floatingip: { port_id: port } });
        const payload = { floatingip: { id: floatingIp.id, port_id: port, ...of } };
        return {
          told: [{ exchange: 'neutron', eventType: 'floatingip.update.end', payload }],
          ref: { kind: 'floating-ip', id: floatingIp.id },
          stands: (stored) => (stored?.refs['port'] as Ref | undefined)?.id === port,
        };
      },
    },
  ];
}

function volumeChanges(cloud: Cloud, volumeId: string, projectId: string): readonly Change[] {
  const payload = { volume_id: volumeId, tenant_id: projectId };
  const ref = { kind: 'volume', id: volumeId };
  return [
    {
      what: 'volume extend',
      async make(round) {
        const size = round + 1;
        await cloud.volume.post(`/volumes/${volumeId}/action`, { 'os-extend': { new_size: size } });
        await volumeIs(cloud, volumeId, (volume) => volume.size === size && volume.status === 'available');
        return {
          told: [{ exchange: 'cinder', eventType: 'volume.resize.end', payload }],
          ref,
          stands: (stored) => stored?.spec['size'] === size,
        };
      },
    },
    {
      what: 'volume retype',
      async make(round) {
        const type = TYPES[(round + 1) % TYPES.length];
        await cloud.volume.post(`/volumes/${volumeId}/action`, { 'os-retype': { new_type: type } });
        await volumeIs(cloud, volumeId, (volume) => volume.volume_type === type && volume.status === 'available');
        return {
          told: [{ exchange: 'cinder', eventType: 'volume.retype', payload }],
          ref,
          stands: (stored) => stored?.spec['volume_type'] === type,
        };
      },
    },
    {
      what: 'volume snapshot',
      async make(round) {
        const name = `before ${round}`;
        const { snapshot } = await cloud.volume.post<{ snapshot: { id: string } }>('/snapshots', {
          snapshot: { volume_id: volumeId, name },
        });
        return {
          told: [
            { exchange: 'cinder', eventType: 'snapshot.create.end', payload: { ...payload, snapshot_id: snapshot.id } },
          ],
          ref: { kind: 'volume-snapshot', id: snapshot.id },
          stands: (stored) => stored?.name === name,
        };
      },
    },
  ];
}

/** An image is kept as soon as something is made of it. */
function imageChanges(cloud: Cloud, projectId: string): readonly Change[] {
  let image = '';
  return [
    {
      what: 'image create',
      async make(round) {
        const name = `golden ${round}`;
        const wish = { name, disk_format: 'raw', container_format: 'bare' };
        image = (await cloud.image.post<{ id: string }>('/images', wish)).id;
        const bytes = Readable.from([Buffer.alloc(IMAGE_BYTES)]);
        await cloud.image.upload(`/images/${image}/file`, bytes, { size: IMAGE_BYTES });
        const { flavors } = await cloud.compute.get<{ flavors: { id: string }[] }>('/flavors');
        const server = { name: `of ${name}`, imageRef: image, flavorRef: flavors[0]?.id, networks: 'none' };
        const made = await cloud.compute.post<{ server: { id: string } }>('/servers', { server });
        await serverIs(cloud, made.server.id, 'ACTIVE');
        const payload = { instance_id: made.server.id, tenant_id: projectId, state: 'active' };
        return {
          told: [
            { exchange: 'glance', eventType: 'image.activate', payload: { id: image, owner: projectId, name } },
            { exchange: 'nova', eventType: 'compute.instance.create.end', payload },
          ],
          ref: { kind: 'image', id: image },
          stands: (stored) => stored?.name === name,
        };
      },
    },
    {
      what: 'image deactivate',
      async make() {
        await cloud.image.post(`/images/${image}/actions/deactivate`, undefined);
        return {
          told: [{ exchange: 'glance', eventType: 'image.update', payload: { id: image, owner: projectId } }],
          ref: { kind: 'image', id: image },
          stands: (stored) => stored?.observed['status'] === 'deactivated',
        };
      },
    },
  ];
}

interface Volume {
  readonly id: string;
  readonly status: string;
  readonly size: number;
  readonly volume_type: string;
}

async function volumeOf(cloud: Cloud, name: string): Promise<string> {
  const wish = { volume: { size: 1, name, volume_type: 'standard' } };
  const { volume } = await cloud.volume.post<{ volume: Volume }>('/volumes', wish);
  await volumeIs(cloud, volume.id, ({ status }) => status === 'available');
  return volume.id;
}

async function volumeIs(cloud: Cloud, id: string, is: (volume: Volume) => boolean): Promise<void> {
  const read = async () => (await cloud.volume.get<{ volume: Volume }>(`/volumes/${id}`)).volume;
  await until('the volume', async () => (is(await read()) ? true : undefined), { everyMs: 10 });
}

async function serverIs(cloud: Cloud, id: string, status: string): Promise<void> {
  const read = async () => (await cloud.compute.get<{ server: { status: string } }>(`/servers/${id}`)).server.status;
  await until('the server', async () => ((await read()) === status ? true : undefined), { everyMs: 10 });
}
