import type { TrafficSwitch } from '@lifeboat/contracts';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namedPrograms, startNamed } from '../../../../../tools/setup/named.mjs';
import type { Named } from '../../../../../tools/setup/named.mjs';
import { PlansFile } from '../../plan/plans-file.ts';
import type { Checking, Switching } from '../switch-kind.ts';
import { record } from './record.ts';

type Record = NonNullable<TrafficSwitch['record']>;

const WWW: Record = { at: 'ns-1', zone: 'shop.example.', name: 'www.shop.example.', type: 'A', servers: [] };
const serving = (...addresses: readonly string[]) =>
  addresses.map((address) => ({ id: address, name: 'web', former: [], addresses: ['fd00::1', address] }));

const name = 'a record set at a BIND that takes dynamic updates';
const here = namedPrograms() !== undefined;

(here ? describe : describe.skip)(
  here
    ? name
    : `NOT TESTED, since BIND is neither installed nor to be had (apt-get install bind9 bind9-dnsutils): ${name}`,
  () => {
    let named: Named;
    beforeAll(async () => {
      named = await startNamed({ zone: 'shop.example.' });
    }, 60_000);
    afterAll(() => named.stop());

    const fileWith = (more: object = {}) =>
      PlansFile.parse({
        dnsServers: { 'ns-1': { host: '127.0.0.1', port: named.port, keyFile: named.keyFile, ...more } },
        dnsPrograms: named.programs,
      });
    const switching = (file = fileWith()) =>
      ({ file, timeoutMs: 30_000, signal: new AbortController().signal }) as unknown as Switching;
    const blockers = (what: object, file = fileWith()) =>
      record.blockers({ ...WWW, ...what }, {
        ...switching(file),
        where: 'plan, spec.traffic[0].record',
      } as never as Checking);
    const look = (what: object = {}) => record.look?.({ ...WWW, ...what }, [], switching());
    /** From what stands there to where it leads now. */
    const lead = async (what: Record, ...addresses: readonly string[]) => {
      const before = (await record.look?.(what, [], switching())) ?? null;
      const after = record.wanted(what, before, serving(...addresses));
      expect(await record.put(what, before, after, switching())).toEqual({});
      return { before, after };
    };

    it('is made, changed, and put back exactly as it was, each in one update that may be sent twice', async () => {
      expect(await look()).toBeNull();
      const first = await lead({ ...WWW, ttl: 3_600 }, '203.0.113.7', '203.0.113.8');
      expect(first.after).toEqual({ ttl: 3_600, records: ['203.0.113.7', '203.0.113.8'] });
      const away = await lead({ ...WWW, ttl: 60 }, '198.51.100.9');
      expect(await look()).toEqual({ ttl: 60, records: ['198.51.100.9'] });
      expect(new Set(away.before?.records)).toEqual(new Set(first.after?.records));
      for (let twice = 0; twice < 2; twice++) await record.put(WWW, away.after, away.before, switching());
      expect({ ...(await look()), records: new Set((await look())?.records) }).toEqual({
        ttl: 3_600,
        records: new Set(['203.0.113.7', '203.0.113.8']),
      });
      await record.put(WWW, away.before, null, switching());
      expect(await look()).toBeNull();
    });

    it('keeps its TTL where the plan says none, and leaves records of other types and names alone', async () => {
      await lead({ ...WWW, ttl: 120 }, '203.0.113.7');
      const other: Record = { ...WWW, type: 'AAAA' };
      await lead(other, '203.0.113.7');
      await lead(WWW, '203.0.113.8');
      expect(await look()).toEqual({ ttl: 120, records: ['203.0.113.8'] });
      expect(await look(other)).toEqual({ ttl: 300, records: ['fd00::1'] });
      expect(await look({ name: 'ns.shop.example.' })).toEqual({ ttl: 3_600, records: ['127.0.0.1'] });
    });

    it('can be switched where the server speaks for the zone; else readiness says why not', async () => {
      expect(await blockers({})).toEqual([]);
      expect(await blockers({ zone: 'other.example.' })).toMatchObject([{ code: 'plan-zone-unknown' }]);
      expect(await blockers({ at: 'ns-2' })).toMatchObject([{ code: 'plan-dns-server-unknown' }]);
      const nowhere = PlansFile.parse({ ...fileWith(), dnsPrograms: '/nowhere' });
      await expect(blockers({}, nowhere)).rejects.toMatchObject({ code: 'dns-program-missing', retryable: false });
    });

    it('is refused for good by another key, of which no error tells, nor of ours', async () => {
      const keyFile = join(named.dir, 'other-key');
      const secret = Buffer.from('another secret of thirty-two byte').toString('base64');
      writeFileSync(keyFile, `key "lifeboat" { algorithm hmac-sha256; secret "${secret}"; };\n`);
      const refused = await Promise.resolve(record.put(WWW, null, null, switching(fileWith({ keyFile })))).catch(
        (thrown: unknown) => thrown,
      );
      rmSync(keyFile);
      expect(refused).toMatchObject({ code: 'dns-refused', retryable: false });
      const said = JSON.stringify([refused, String((refused as Error).message)]);
      const ours = /secret "([^"]+)"/.exec(readFileSync(named.keyFile, 'utf8'))?.[1] ?? 'none';
      for (const one of [secret, ours]) expect(said).not.toContain(one);
    });

    it('is tried again while the server is away, and is done when it is back', async () => {
      await named.kill();
      const to = { ttl: 60, records: ['198.51.100.9'] };
      await expect(record.put(WWW, null, to, switching())).rejects.toMatchObject({ retryable: true });
      await expect(look()).rejects.toMatchObject({ code: 'dns-server-away', retryable: true });
      await named.start();
      await record.put(WWW, null, to, switching());
      expect(await look()).toEqual(to);
    });
  },
);
