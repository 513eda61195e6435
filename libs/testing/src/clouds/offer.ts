import { openCloud } from '@lifeboat/openstack-client';
import type { Cloud, CloudConfig } from '@lifeboat/openstack-client';
import { extensionsOf } from './extensions.ts';

export const GROUP_TYPE = 'together';
/** Shared with every project, where the cloud's Neutron has QoS. */
export const QOS_POLICY = 'gold';

/** What only an administrator can offer and a cloud need not have: `GROUP_TYPE` and `QOS_POLICY`. Stays; may be called again. */
export async function ensureOffer(admin: CloudConfig): Promise<void> {
  const cloud = openCloud(admin);
  try {
    await groupType(cloud);
    if ((await extensionsOf(cloud)).has('qos')) await qosPolicy(cloud);
  } finally {
    await cloud.close();
  }
}

async function groupType(cloud: Cloud): Promise<void> {
  for await (const { name } of cloud.volume.list<{ name: string }>('/group_types', 'group_types'))
    if (name === GROUP_TYPE) return;
  await cloud.volume.post('/group_types', {
    group_type: { name: GROUP_TYPE, description: 'Volumes that belong together', is_public: true },
  });
}

async function qosPolicy(cloud: Cloud): Promise<void> {
  for await (const { name } of cloud.network.list<{ name: string }>('/qos/policies', 'policies'))
    if (name === QOS_POLICY) return;
  const { policy } = await cloud.network.post<{ policy: { id: string } }>('/qos/policies', {
    policy: { name: QOS_POLICY, shared: true },
  });
  await cloud.network.post(`/qos/policies/${policy.id}/dscp_marking_rules`, { dscp_marking_rule: { dscp_mark: 26 } });
}
