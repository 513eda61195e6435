import { entity } from '@lifeboat/openstack-entity-api';
import type { Captured, Live } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { pick, ref, refs } from '../fields.ts';

/** Designate keeps it in a zone of its own, under `REGION:ID` of the floating IP. */
async function* set(cloud: Cloud): AsyncGenerator<Live> {
  for await (const live of cloud.dns.list<Live>('/reverse/floatingips', 'floatingips'))
    if (typeof live['ptrdname'] === 'string') yield live;
}

const captureRecord = (live: Live): Captured => ({
  id: live.id,
  name: String(live['ptrdname']),
  spec: {},
  refs: refs({ floatingIp: ref('floating-ip', live.id.split(':').at(-1)) }),
  observed: pick(live, 'address', 'ptrdname', 'ttl', 'description'),
});

const example = {
  id: 'RegionOne:c6a2a1ea-9e5a-4c3a-8f0c-6a6f6b4d5d10',
  address: '203.0.113.7',
  ptrdname: 'www.shop.example.',
  ttl: 600,
  description: 'The shop',
  status: 'ACTIVE',
  action: 'NONE',
  links: { self: 'https://designate.example/v2/reverse/floatingips/RegionOne:c6a2a1ea-9e5a-4c3a-8f0c-6a6f6b4d5d10' },
};

/** The name of a floating IP's address. Comes with its floating IP, to be said. */
export const ptrRecord = entity({
  kind: 'ptr-record',
  service: 'dns',
  schema: 2,
  provision: 'reported',
  reported: 'it belongs to an address, and the floating IP has another one at the target: set it there',
  testedOn: ['simulator', 'recorded answers'],
  summary: 'Detected only: names of the addresses of protected floating IPs are told in the receipt and not carried.',

  list: set,
  async get(cloud, id) {
    for await (const live of set(cloud)) if (live.id === id) return live;
    return undefined;
  },
  capture: captureRecord,
  belongsTo: ['floatingIp'],

  examples: [{ live: example, keeps: captureRecord(example) }],
});
