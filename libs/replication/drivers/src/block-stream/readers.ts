import type { LifeboatError } from '@lifeboat/kernel';
import { external } from '@lifeboat/kernel';
import { found } from '../openstack/remembered.ts';
import { attachmentsOf } from './attach.ts';
import type { Reader } from './attach.ts';
import { hostOf } from './reach.ts';
import type { VolumesSettings } from './settings.ts';

/** `undefined`: such volumes are reached without being attached. */
export function readerOf(volumes: VolumesSettings | undefined): Reader | undefined {
  if (volumes?.kind === 'mover') return mover(volumes.server);
  return volumes?.kind === 'attachment' ? hostByCinder(volumes) : undefined;
}

const mover = (server: string): Reader => ({
  name: server,
  async attach({ id }, cloud) {
    const body = { volumeAttachment: { volumeId: id } };
    await cloud.compute.post(`/servers/${server}/os-volume_attachments`, body).catch(async (thrown: LifeboatError) => {
      if (thrown.kind === 'not-found' && !(await found(cloud.compute.get(`/servers/${server}`))))
        throw moverGone(server, cloud.site, thrown);
      if (thrown.kind === 'forbidden' && /disk devices/i.test(thrown.message))
        throw moverFull(server, cloud.site, thrown);
      throw thrown;
    });
  },
  attached: async ({ status, attachments }) =>
    status === 'in-use' && attachments.some(({ server_id: id }) => id === server) ? {} : undefined,
});

const hostByCinder = (volumes: Extract<VolumesSettings, { kind: 'attachment' }>): Reader => ({
  name: volumes.host,
  async attach({ id }, cloud) {
    await cloud.volume.post('/attachments', {
      attachment: { volume_uuid: id, connector: hostOf(volumes).connector },
    });
  },
  async attached(volume, cloud) {
    const [one] = (await attachmentsOf(volume, cloud)).filter(({ instance }) => !instance);
    if (!one || volume.status === 'detaching') return undefined;
    const path = `/attachments/${one.id}`;
    if (one.status === 'attached')
      return {
        attachment: (await cloud.volume.get<{ attachment: { connection_info: Record<string, unknown> } }>(path))
          .attachment.connection_info,
      };
    // Without a connector it is nobody's.
    if (one.status === 'attaching') await cloud.volume.post(`${path}/action`, { 'os-complete': {} });
    else await cloud.volume.delete(path);
    return undefined;
  },
});

const moverGone = (server: string, site: string, cause: unknown) =>
  external('mover-gone', `The mover server ${server} is not at ${site} any more.`, {
    retry: 'yes',
    data: { site, server },
    mend: `Make another, start the worker in it, and name its id under drivers.block-stream.sites.${site}.volumes.`,
    cause,
  });

const moverFull = (server: string, site: string, cause: unknown) =>
  external('mover-full', `The mover server ${server} of ${site} has as many volumes as Nova attaches to one server.`, {
    retry: 'yes',
    data: { site, server },
    mend: 'It goes on when other transfers are done; let workers do fewer at once.',
    cause,
  });
