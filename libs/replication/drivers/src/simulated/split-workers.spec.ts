import { Drive } from '@lifeboat/replication-driver-api';
import { attachedBench, freePort } from '@lifeboat/testing';
import type { AttachedBench, AttachedBy } from '@lifeboat/testing';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assembleDrivers } from '../load-drivers.ts';

const has = ((): boolean => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

(has ? describe.each<AttachedBy>(['mover', 'attachment']) : describe.skip.each<AttachedBy>(['mover']))(
  `a worker at each site, with volumes attached by kind %s${has ? '' : ', NOT TESTED, since there is no openssl here'}`,
  (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-split-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
    const tlsOf = (name: string) => ({
      ca: join(folder, 'ca.pem'),
      cert: join(folder, `${name}.pem`),
      key: join(folder, `${name}.key`),
    });
    function certificate(name: string): void {
      openssl('req', ...KEY, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
      writeFileSync(join(folder, `${name}.ext`), 'subjectAltName=DNS:localhost,IP:127.0.0.1');
      const signing = ['x509', '-req', '-days', '2', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
      openssl(...signing, '-in', `${name}.csr`, '-extfile', `${name}.ext`, '-out', `${name}.pem`);
    }
    let bench: AttachedBench;
    const end = new AbortController();
    let serving: Promise<void> | undefined;
    beforeAll(async () => {
      openssl('req', '-x509', ...KEY, '-days', '2', '-subj', '/CN=ca', '-keyout', 'ca.key', '-out', 'ca.pem');
      for (const name of ['primary', 'recovery']) certificate(name);
      bench = await attachedBench({ source: kind, target: kind });
    });
    afterAll(async () => {
      end.abort();
      await serving;
      await bench.stop();
    });

    it('sends by TLS to the one that the replica is attached for', async () => {
      const { folder: trees, sites } = bench.blockStream;
      const receive = {
        host: 'localhost',
        port: await freePort(),
        listen: '127.0.0.1',
        workers: ['primary'],
        tls: tlsOf('recovery'),
      };
      const settings = {
        folder: trees,
        sites: {
          primary: { ...sites['primary'], tls: tlsOf('primary') },
          recovery: { ...sites['recovery'], receive },
        },
      };
      const drivers = await assembleDrivers({ drivers: { 'block-stream': settings }, packages: [], remote: [] }, '');
      const own = drivers.definitions.find(({ definition }) => definition.name === 'block-stream');
      const problems: unknown[] = [];
      const problem = (_what: string, thrown: unknown): void => void problems.push(thrown);
      serving = own?.definition.serve?.(own.settings, { site: 'recovery', signal: end.signal, problem });
      const drive = new Drive(drivers.get('block-stream'), bench);
      const disk = await bench.disk();
      const carried = await drive.carry(disk);
      const copy = { runId: 'run-1', name: 'copy' };
      expect(await bench.digestOfCopy(await drive.materialise(carried, copy))).toBe(await bench.digest(disk));
      await drive.release(carried.point, copy);
      await drive.discard(carried.point, carried.transferred.replica);
      expect([await bench.marked('source'), await bench.marked('target')]).toEqual([{}, {}]);
      expect(JSON.stringify([carried, problems])).not.toContain('chap-');
    });
  },
);
