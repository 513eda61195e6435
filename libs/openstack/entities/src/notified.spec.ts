import { readFileSync } from 'node:fs';
import { refsIn } from '@lifeboat/openstack-entity-api';
import { entities } from './index.ts';

interface Sample {
  readonly service: string;
  readonly eventType: string;
  readonly payload: unknown;
  /** `<kind> <id>` of each entity that a reader of the payload would go and look at. */
  readonly tells: readonly string[];
}

const read = (name: string): readonly Sample[] =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')) as readonly Sample[];

const samples = [
  // What real services sent, without contexts, secrets and what no table looks at.
  ...read('notifications'),
  // What no cloud at hand has sent: written by Neutron's API controllers, which notify of all resources alike, by Cinder's and Designate's; by Octavia's guide.
  ...read('notifications-by-source'),
];

/** Kinds that no service tells of, and why; only a sweep sees them change. */
const SILENT: Readonly<Record<string, string>> = {
  'quota-set': 'no service tells of its quotas',
  'role-assignment': 'Keystone names user, role and project one by one; what makes an assignment is all three',
  ...Object.fromEntries(
    ['secret', 'secret-container'].map((kind) => [
      kind,
      'Barbican notifies of projects and audits only: what is done with a secret is in its log',
    ]),
  ),
  'ptr-record': "it is only detected, and Designate tells of the name as a change of a zone that is not the project's",
  ...Object.fromEntries(
    ['container', 'share'].map((kind) => [kind, 'it is only detected, and a list is all that is asked for']),
  ),
  ...Object.fromEntries(
    ['listener', 'pool', 'member', 'health-monitor', 'l7-policy', 'l7-rule'].map((kind) => [
      kind,
      'Octavia tells of load balancers alone, and its payloads name nothing below them',
    ]),
  ),
};

const told = ({ eventType, payload }: Sample): readonly string[] =>
  refsIn(entities)(eventType, payload).map(({ kind, id }) => `${kind} ${id}`);

describe('the notifications of services', () => {
  it.each(samples.map((sample) => [sample.service, sample.eventType, sample] as const))(
    '%s, %s: tells of the entities it names, and of no other',
    (_service, _eventType, sample) => {
      expect([...told(sample)].sort()).toEqual([...sample.tells].sort());
    },
  );

  it.each(entities.all.map(({ kind }) => kind))('tell of a %s, or it is said why not', (kind) => {
    const seen = samples.some(({ tells }) => tells.some((one) => one.startsWith(`${kind} `)));
    expect(seen).toBe(!(kind in SILENT));
  });
});
