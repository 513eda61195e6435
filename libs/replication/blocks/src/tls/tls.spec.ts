import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { Conversation } from '../send/conversation.ts';
import { Channel } from '../wire/channel.ts';
import { connectTls, listenTls } from './tls.ts';

interface Shape {
  readonly days?: number | undefined;
  readonly host?: string | undefined;
}

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

    const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

    function authority(name: string): void {
      openssl(
        'req',
        '-x509',
        ...KEY,
        '-days',
        '2',
        '-subj',
        `/CN=${name}`,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
      );
    }
    function certificate(name: string, ca: string, { days = 2, host = 'localhost' }: Shape = {}) {
      openssl('req', ...KEY, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
      writeFileSync(path(`${name}.ext`), `subjectAltName=DNS:${host}`);
      const by = ['-CA', `${ca}.pem`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-days', String(days)];
      openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-extfile', `${name}.ext`, '-out', `${name}.pem`);
      return { ca: path(`${ca}.pem`), cert: path(`${name}.pem`), key: path(`${name}.key`) };
    }
    /** A receiver that says hello to whom it serves. */
    async function listen(tls: ReturnType<typeof certificate>, signal: AbortSignal) {
      const [served, problems] = [[] as string[], [] as unknown[]];
      const port = Promise.withResolvers<number>();
      const ended = listenTls({
        host: '127.0.0.1',
        port: 0,
        tls,
        workers: ['sender'],
        signal,
        readAgainMs: 50,
        serve: async (stream, worker) => {
          stream.on('error', () => undefined);
          served.push(worker);
          stream.end('hello');
        },
        problem: (_what, thrown) => problems.push((thrown as { code?: string }).code),
        listening: (at) => port.resolve(at),
      });
      return { port: await port.promise, served, problems, ended };
    }
    const call = (port: number, tls: ReturnType<typeof certificate>, signal: AbortSignal) =>
      connectTls({ host: 'localhost', port, tls, signal });

    beforeAll(() => {
      authority('ours');
      authority('other');
    });

    it('takes the workers it knows, and tells everybody else why not', async () => {
      const stop = new AbortController();
      const { port, served, problems, ended } = await listen(certificate('receiver', 'ours'), stop.signal);
      const good = await call(port, certificate('sender', 'ours'), stop.signal);
      expect((good as TLSSocket).getProtocol()).toBe('TLSv1.3');
      expect(await text(good)).toBe('hello');
      const strangers = [
        [certificate('unknown', 'ours'), 'sender-unknown'],
        [{ ...certificate('impostor', 'other'), ca: path('ours.pem') }, 'sender-not-trusted'],
        [certificate('expired', 'ours', { days: -1 }), 'sender-not-trusted'],
      ] as const;
      for (const [tls, code] of strangers) {
        const stream = await call(port, tls, stop.signal);
        const talk = new Conversation(new Channel(stream), 4_096);
        const opening = {
          version: 1,
          volume: 'v',
          transfer: 't',
          size: 4_096,
          key: Buffer.alloc(32),
          thorough: false,
        } as const;
        await expect(talk.open(opening)).rejects.toMatchObject({ code, retryable: false });
        stream.destroy();
      }
      expect(served).toEqual(['sender']);
      expect(problems).toEqual(['sender-unknown', 'sender-not-trusted', 'sender-not-trusted']);
      stop.abort();
      await ended;
    });

    it.each([
      ['of another authority', 'other', {}],
      ['that has run out', 'ours', { days: -1 }],
      ['for another host', 'ours', { host: 'elsewhere.example' }],
    ])('sends nothing to a receiver with a certificate %s', async (_what, ca, more) => {
      const stop = new AbortController();
      const { port, ended } = await listen(certificate('wrong', ca, more), stop.signal);
      const tls = { ...certificate('sender', 'ours'), ca: path('ours.pem') };
      await expect(call(port, tls, stop.signal)).rejects.toMatchObject({
        code: 'receiver-not-trusted',
        retryable: false,
      });
      stop.abort();
      await ended;
    });

    it('shows a renewed certificate without being started again', async () => {
      const stop = new AbortController();
      const { port, ended } = await listen(certificate('renewed', 'ours', { days: -1 }), stop.signal);
      const tls = certificate('sender', 'ours');
      await expect(call(port, tls, stop.signal)).rejects.toMatchObject({ code: 'receiver-not-trusted' });
      certificate('renewed', 'ours');
      let heard: string | undefined;
      for (let tries = 0; heard === undefined && tries < 100; tries++) {
        await pause(50);
        heard = await call(port, tls, stop.signal).then(text, () => undefined);
      }
      expect(heard).toBe('hello');
      stop.abort();
      await ended;
    });

    it('says which file is of no use, and nothing of what is in it', async () => {
      const { signal } = new AbortController();
      const tls = certificate('sender', 'ours');
      await expect(call(1, { ...tls, key: path('none.key') }, signal)).rejects.toMatchObject({
        code: 'tls-file-unreadable',
        message: expect.stringContaining('tls.key'),
      });
      const refused = await call(1, { ...tls, key: certificate('else', 'ours').key }, signal).catch(
        (thrown: unknown) => thrown,
      );
      expect(refused).toMatchObject({ code: 'tls-files-unfit' });
      expect(String(refused)).not.toContain(folder);
    });
  },
);

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += chunk.toString();
  return all;
}
