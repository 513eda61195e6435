import type { Cloud } from '../cloud.ts';
import type { Server } from './compute-state.ts';
import { forgetDevices } from './guest-devices.ts';
import { unplug } from './server-nics.ts';
import { letGoOfVolumes } from './server-volumes.ts';

/** Deletes later; asking twice is quiet. */
export function deleteServer(cloud: Cloud, server: Server): void {
  if (server.taskState === 'deleting') return;
  server.taskState = 'deleting';
  cloud.guests.halt(server);
  cloud.jobs.later(async () => {
    for (const nic of server.nics) unplug(cloud, nic);
    await forgetDevices(cloud, server);
    letGoOfVolumes(cloud, server);
    for (const group of cloud.compute.serverGroups) group.members = group.members.filter((id) => id !== server.id);
    cloud.compute.servers.delete(server.id);
    await cloud.disks.remove('root', server.id);
  });
}
