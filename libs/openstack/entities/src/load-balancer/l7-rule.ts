import { entity } from '@lifeboat/openstack-entity-api';
import { one, pick, ref, refs } from '../fields.ts';
import { heldCalls, NOT_KEPT, ofTree, treeBody, treeSpec } from './tree.ts';

/** Octavia L7 rule: one of the conditions of a policy, all of which must hold. */
export const l7Rule = entity({
  ...ofTree,
  ...heldCalls({
    parents: { path: '/lbaas/l7policies', key: 'l7policy', plural: 'l7policies' },
    ids: 'rules',
    below: 'rules',
    key: 'rule',
    plural: 'rules',
    parentId: 'l7policy_id',
    parentRef: 'l7Policy',
  }),
  kind: 'l7-rule',
  summary: 'Type, comparison, key, value, whether it is inverted, state and tags.',
  notKept: NOT_KEPT,

  capture: (live) => ({
    id: live.id,
    name: '',
    spec: treeSpec(live, 'type', 'compare_type', 'key', 'value', 'invert'),
    refs: refs({ l7Policy: ref('l7-policy', live['l7policy_id']) }),
    observed: pick(live, 'provisioning_status', 'created_at'),
  }),
  belongsTo: ['l7Policy'],
  needs: ['l7Policy'],
  body: (kept, to) => {
    const parent = one(kept, 'l7Policy');
    return {
      // Not a field but the path.
      l7policy_id: parent && to.id(parent),
      rule: treeBody(kept, to, {}),
    };
  },

  examples: [
    {
      live: {
        id: '16621dbb-a736-4888-a57a-3ecd53df784c',
        l7policy_id: '8a1412f0-4c32-4257-8b07-af4770b604fd',
        created_at: '2026-06-27T15:52:27',
        updated_at: '2026-06-27T15:52:28',
        compare_type: 'REGEX',
        provisioning_status: 'ACTIVE',
        operating_status: 'ONLINE',
        invert: false,
        admin_state_up: true,
        value: '/images*',
        key: null,
        project_id: 'e3cd678b11784734bc366148aa37580e',
        type: 'PATH',
        tags: ['test_tag'],
      },
      keeps: {
        id: '16621dbb-a736-4888-a57a-3ecd53df784c',
        name: '',
        spec: {
          admin_state_up: true,
          type: 'PATH',
          compare_type: 'REGEX',
          value: '/images*',
          invert: false,
          tags: ['test_tag'],
        },
        refs: { l7Policy: { kind: 'l7-policy', id: '8a1412f0-4c32-4257-8b07-af4770b604fd' } },
        observed: { provisioning_status: 'ACTIVE', created_at: '2026-06-27T15:52:27' },
      },
    },
  ],
});
