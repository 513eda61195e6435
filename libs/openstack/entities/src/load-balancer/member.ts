import { entity } from '@lifeboat/openstack-entity-api';
import { many, one, pick, ref, refs } from '../fields.ts';
import { afterAddresses, heldCalls, NOT_KEPT, ofTree, treeBody, treeSpec } from './tree.ts';

/** Octavia member: an address that a pool sends to. Ports keep their addresses, so it stays as it is, whatever has the address. */
export const member = entity({
  ...ofTree,
  ...heldCalls({
    parents: { path: '/lbaas/pools', key: 'pool', plural: 'pools' },
    ids: 'members',
    below: 'members',
    key: 'member',
    plural: 'members',
    parentId: 'pool_id',
    parentRef: 'pool',
  }),
  kind: 'member',
  summary: 'Address, port, subnet, weight, backup, where its health is asked, state, name and tags.',
  notKept: { ...NOT_KEPT, vnic_type: "SR-IOV of members is the flavor's to allow" },

  capture: (live) => ({
    id: live.id,
    name: String(live['name'] ?? ''),
    spec: treeSpec(live, 'address', 'protocol_port', 'weight', 'backup', 'monitor_address', 'monitor_port'),
    refs: refs({ pool: ref('pool', live['pool_id']), subnet: ref('subnet', live['subnet_id']) }),
    observed: pick(live, 'provisioning_status', 'created_at', 'vnic_type'),
  }),
  belongsTo: ['pool'],
  needs: ['pool'],
  after: (self, all) => afterAddresses(many(self, 'subnet'), all),
  body: (kept, to) => {
    const parent = one(kept, 'pool');
    return {
      // Not a field but the path.
      pool_id: parent && to.id(parent),
      // Octavia lets a subnet go that members name: it is no more than the way to them.
      member: treeBody(kept, to, { subnet_id: to.maybe(one(kept, 'subnet')) }),
    };
  },
  notes: ({ observed }) =>
    observed['vnic_type'] === 'direct'
      ? [{ field: 'vnic_type', dropped: "SR-IOV of members is the flavor's to allow; it is reached the usual way" }]
      : [],

  examples: [
    {
      live: {
        id: '957a1ace-1bd2-449b-8455-820b6e4b63f3',
        pool_id: '4029d267-3983-4224-a3d0-afb3fe16a2cd',
        name: 'web-server-1',
        monitor_port: 8080,
        monitor_address: null,
        project_id: 'e3cd678b11784734bc366148aa37580e',
        weight: 0,
        backup: false,
        admin_state_up: true,
        subnet_id: 'bbb35f84-35cc-4b2f-84c2-a6a29bba68aa',
        created_at: '2026-05-11T17:21:34',
        updated_at: '2026-05-11T17:21:37',
        provisioning_status: 'ACTIVE',
        operating_status: 'NO_MONITOR',
        address: '192.0.2.16',
        protocol_port: 80,
        tags: ['test_tag'],
        vnic_type: 'normal',
      },
      keeps: {
        id: '957a1ace-1bd2-449b-8455-820b6e4b63f3',
        name: 'web-server-1',
        spec: {
          name: 'web-server-1',
          admin_state_up: true,
          address: '192.0.2.16',
          protocol_port: 80,
          weight: 0,
          backup: false,
          monitor_port: 8080,
          tags: ['test_tag'],
        },
        refs: {
          pool: { kind: 'pool', id: '4029d267-3983-4224-a3d0-afb3fe16a2cd' },
          subnet: { kind: 'subnet', id: 'bbb35f84-35cc-4b2f-84c2-a6a29bba68aa' },
        },
        observed: {
          provisioning_status: 'ACTIVE',
          created_at: '2026-05-11T17:21:34',
          vnic_type: 'normal',
        },
      },
    },
  ],
});
