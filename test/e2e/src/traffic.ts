import type { Cloud } from '@lifeboat/openstack-client';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Item = Readonly<Record<string, unknown>> & { readonly id: string };
const [ZONE, NAME] = ['shop.example.', 'www.shop.example.'];

/** What leads to the shop: a name that Designate serves at the recovery site, and somebody who announces routes, and can cut a site off. */
export interface Traffic {
  readonly ofPlan: { readonly traffic: readonly object[]; readonly fence: readonly object[] };
  /** As it was before anything was protected. */
  readonly first: { readonly ttl: number; readonly records: readonly string[] };
  www(): Promise<{ readonly ttl: unknown; readonly records: unknown }>;
  /** What the other one was told, the last at the end. */
  readonly told: readonly Readonly<Record<string, unknown>>[];
  refuse(all: boolean): void;
  close(): void;
}

export async function openTraffic({ dns }: Cloud, address: string): Promise<Traffic> {
  const zone = await dns.post<Item>('/zones', { name: ZONE, email: 'hostmaster@shop.example' });
  const first = { ttl: 3_600, records: [address] };
  await dns.post(`/zones/${zone.id}/recordsets`, { name: NAME, type: 'A', ...first });
  const told: Readonly<Record<string, unknown>>[] = [];
  let refuses = false;
  const announcer = createServer((request, response) => {
    void text(request).then((body) => {
      if (!refuses) told.push(JSON.parse(body) as Readonly<Record<string, unknown>>);
      response.writeHead(refuses ? 400 : 200).end();
    });
  });
  await new Promise<void>((resolve) => announcer.listen(0, '127.0.0.1', resolve));
  const { port } = announcer.address() as AddressInfo;
  const servers = [{ metadata: { role: 'web-1' } }];
  return {
    ofPlan: {
      fence: [{ webhook: { url: `http://127.0.0.1:${port}/isolate` } }],
      traffic: [
        { designate: { zone: ZONE, name: NAME, type: 'A', ttl: 60, servers } },
        { webhook: { url: `http://127.0.0.1:${port}/announce` } },
      ],
    },
    first,
    told,
    refuse: (all) => {
      refuses = all;
    },
    async www() {
      const query = { name: NAME, type: 'A' };
      for await (const { ttl, records } of dns.list<Item>(`/zones/${zone.id}/recordsets`, 'recordsets', { query }))
        return { ttl, records };
      throw new Error(`${NAME} is not there.`);
    },
    close: () => {
      announcer.close();
    },
  };
}
