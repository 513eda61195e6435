import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { connectTls, listenTls } from './tls.ts';

const has = ((): boolean => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

(has ? describe : describe.skip)(
  `TLS between workers${has ? '' : ', NOT TESTED, since there is no openssl here'}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-tls-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const path = (name: string): string => join(folder, name);
    const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });

    function authority(name: string): void {
      const subject = `/CN=${name}`;
      openssl(
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        '-subj',
        subject,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
      );
    }
    function certificate(name: string, ca: string) {
      openssl(
        'req',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-subj',
        `/CN=${name}`,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.csr`,
      );
      writeFileSync(path(`${name}.ext`), 'subjectAltName=DNS:localhost,IP:127.0.0.1');
      openssl(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-CA',
        `${ca}.pem`,
        '-CAkey',
        `${ca}.key`,
        '-CAcreateserial',
        '-days',
        '2',
        '-extfile',
        `${name}.ext`,
        '-out',
        `${name}.pem`,
      );
      return { ca: path(`${ca}.pem`), cert: path(`${name}.pem`), key: path(`${name}.key`) };
    }

    it('takes the workers it knows, and nobody else', async () => {
      authority('ours');
      authority('other');
      const stop = new AbortController();
      const problems: string[] = [];
      const port = Promise.withResolvers<number>();
      const served: string[] = [];
      const listening = listenTls({
        host: '127.0.0.1',
        port: 0,
        tls: certificate('receiver', 'ours'),
        workers: ['sender'],
        signal: stop.signal,
        serve: async (stream, worker) => {
          served.push(worker);
          stream.end('hello');
        },
        problem: (what) => problems.push(what),
        listening: (at) => port.resolve(at),
      });
      const heard = async (tls: ReturnType<typeof certificate>): Promise<string> => {
        const stream = await connectTls({ host: '127.0.0.1', port: await port.promise, tls, signal: stop.signal });
        expect((stream as TLSSocket).getProtocol()).toBe('TLSv1.3');
        let text = '';
        for await (const chunk of stream as AsyncIterable<Buffer>) text += chunk.toString();
        return text;
      };
      expect(await heard(certificate('sender', 'ours'))).toBe('hello');
      for (const stranger of [
        certificate('unknown', 'ours'),
        { ...certificate('impostor', 'other'), ca: path('ours.pem') },
      ])
        expect(await heard(stranger).catch(() => '')).toBe('');
      expect(served).toEqual(['sender']);
      stop.abort();
      await listening;
      expect(problems.length).toBeGreaterThanOrEqual(2);
    });
  },
);
