import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import type { Cloud } from './cloud.ts';
import { copyImage } from './copy-image.ts';
import { openCloud } from './open-cloud.ts';
import { playCloud } from './simulated/played-cloud.ts';
import type { Act, PlayedCloud } from './simulated/played-cloud.ts';
import { refusalOf } from './simulated/refusal-of.ts';

const FILE = 'GET /image/v2/images/i/file';
const PUT = 'PUT /image/v2/images/t/file';
const BYTES = randomBytes(300_000);
const SHA512 = createHash('sha512').update(BYTES).digest('hex');

const all = async (stream: Readable): Promise<Buffer> => Buffer.concat(await stream.toArray());

/** Answers from `from` on and cuts the connection after `most` bytes. */
function send(response: ServerResponse, from: number, most: number, ranges: boolean): void {
  const rest = BYTES.subarray(ranges ? from : 0);
  response.writeHead(ranges && from > 0 ? 206 : 200, {
    'content-length': rest.length,
    ...(ranges && from > 0 && { 'content-range': `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` }),
  });
  if (most >= rest.length) response.end(rest);
  else response.write(rest.subarray(0, most), () => setTimeout(() => response.destroy(), 30));
}

const fromOf = (range: string | undefined): number => Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
const serve =
  (most: number, ranges = true): Act =>
  (heard, response) =>
    send(response, fromOf(heard.headers.range), most, ranges);

describe('bytes', () => {
  let played: PlayedCloud;
  let target: PlayedCloud;
  let cloud: Cloud;
  let other: Cloud;
  beforeEach(async () => {
    [played, target] = await Promise.all([playCloud(), playCloud()]);
    [cloud, other] = [openCloud(played.config), openCloud({ ...target.config, name: 'beta' })];
  });
  afterEach(async () => {
    await Promise.all([cloud.close(), other.close()]);
    await Promise.all([played.stop(), target.stop()]);
  });

  describe('downloaded', () => {
    it('are all there, with their size', async () => {
      played.on(FILE, serve(Infinity));
      const { body, size } = await cloud.image.download('/images/i/file');
      expect(size).toBe(BYTES.length);
      expect((await all(body)).equals(BYTES)).toBe(true);
    });

    it.each<[string, Act[]]>([
      ['where ranges are known', [serve(Infinity)]],
      ['where ranges are ignored', [serve(Infinity, false)]],
      [
        'where ranges are refused, as by Glance on Ceph',
        [{ status: 400, text: 'range not supported' }, serve(Infinity, false)],
      ],
    ])('go on from where they were %s', async (_, acts) => {
      played.on(FILE, ...acts);
      const { body, size } = await cloud.image.download('/images/i/file', { from: 100_001 });
      expect((await all(body)).equals(BYTES.subarray(100_001))).toBe(true);
      expect(size).toBe(BYTES.length);
    });

    it('break with an error of ours that may be tried again', async () => {
      played.on(FILE, serve(1_000));
      const { body } = await cloud.image.download('/images/i/file');
      expect(await refusalOf(all(body))).toMatchObject({
        kind: 'unavailable',
        code: 'site-unreachable',
        data: { site: 'alpha', path: '/images/i/file' },
      });
    });

    it.each([
      [
        'left in the middle',
        async (body: Readable): Promise<void> => {
          for await (const _ of body) break;
        },
      ],
      ['never read', async (body: Readable): Promise<void> => void body.destroy()],
    ])('give their connection back when they are %s', async (_, leave) => {
      let closed = false;
      played.on(FILE, (_heard, response) => {
        response.on('close', () => (closed = true));
        response.writeHead(200, { 'content-length': 1_000_000_000 });
        response.write(BYTES);
      });
      const { body } = await cloud.image.download('/images/i/file');
      await leave(body);
      for (let n = 0; n < 1_000 && !closed; n++) await pause(20);
      expect(closed).toBe(true);
    });
  });

  describe('uploaded', () => {
    it.each([
      ['with a known size', { size: 300 }, 'content-length', '300'],
      ['in chunks', {}, 'transfer-encoding', 'chunked'],
    ])('%s arrive', async (_, options, header, value) => {
      target.on(PUT, { status: 204 });
      await other.image.upload('/images/t/file', Readable.from([Buffer.from('abc'.repeat(100))]), options);
      expect(target.of(PUT)).toMatchObject([{ body: 'abc'.repeat(100), headers: { [header]: value } }]);
    });

    it('break with an error of ours when the other side goes in their midst, however the connection tells', async () => {
      target.refuseEarly(PUT, 'cut');
      for (let tries = 0; tries < 20; tries++) {
        const slowly = async function* (): AsyncGenerator<Buffer> {
          for (let n = 0; n < 20; n++) {
            await pause(tries % 3);
            yield BYTES;
          }
        };
        const body = Readable.from(slowly(), { objectMode: false });
        expect(await refusalOf(other.image.upload('/images/t/file', body))).toMatchObject({
          code: 'outcome-unknown',
          data: { site: 'beta' },
        });
      }
    });

    it('are sent once', async () => {
      target.on(PUT, { status: 429, headers: { 'retry-after': '0' } });
      expect(await refusalOf(other.image.upload('/images/t/file', Readable.from(['x'])))).toMatchObject({
        kind: 'unavailable',
      });
      target.on(PUT, 'reset');
      expect(await refusalOf(other.image.upload('/images/t/file', Readable.from(['x'])))).toMatchObject({
        code: 'outcome-unknown',
      });
      expect(target.of(PUT)).toHaveLength(2);
    });

    it('with a token that was just refused may be tried again, with a new one', async () => {
      target.on(PUT, { status: 401, json: { error: { message: 'expired' } } }, { status: 204 });
      expect(await refusalOf(other.image.upload('/images/t/file', Readable.from(['x'])))).toMatchObject({
        retryable: true,
      });
      await other.image.upload('/images/t/file', Readable.from(['x']));
      expect(target.of(PUT).map(({ headers }) => headers['x-auth-token'])).toEqual(['token-1', 'token-2']);
    });

    it('break with what broke their source, which says nothing about the target', async () => {
      const cause = Object.assign(new Error('source gone'), { code: 'ECONNREFUSED' });
      const broken = (): Readable =>
        Readable.from(
          (async function* () {
            yield Buffer.from('x');
            throw cause;
          })(),
          { objectMode: false },
        );
      for (let n = 0; n < 3; n++) await expect(other.image.upload('/images/t/file', broken())).rejects.toBe(cause);
      target.on('GET /image/v2/images/t', { json: {} });
      await other.image.get('/images/t');
    });

    it('close their source when they are refused before they were read', async () => {
      target.token({ catalog: [] });
      const source = Readable.from(['x']);
      await refusalOf(other.image.upload('/images/t/file', source));
      expect(source.destroyed).toBe(true);
    });
  });

  describe('of an image copied from one Glance to another', () => {
    const image = { status: 'active', size: BYTES.length, os_hash_algo: 'sha512', os_hash_value: SHA512 };
    beforeEach(() => {
      played.on('GET /image/v2/images/i', { json: image });
      target.on(
        'GET /image/v2/images/t',
        { json: { ...image, status: 'queued', os_hash_value: null } },
        { json: image },
      );
      target.on(PUT, { status: 204 });
    });
    const copy = (signal = new AbortController().signal) => {
      let moved = 0;
      return copyImage(cloud, other, 'i', 't', { signal, moved: (n) => (moved += n) }).then((done) => ({
        ...done,
        moved,
      }));
    };

    it('are counted, hashed and held against what both say', async () => {
      played.on(FILE, serve(Infinity));
      expect(await copy()).toEqual({ bytes: BYTES.length, hash: SHA512, moved: BYTES.length });
      expect(target.of(PUT)).toHaveLength(1);
      expect(target.of(PUT)[0]?.headers['content-length']).toBe(String(BYTES.length));
    });

    it.each([
      ['with ranges', true],
      ['without ranges', false],
    ])('go on after breaks, %s', async (_, ranges) => {
      played.on(FILE, serve(70_000, ranges), serve(160_000, ranges), serve(Infinity, ranges));
      expect(await copy()).toMatchObject({ bytes: BYTES.length, hash: SHA512 });
      expect(fromOf(played.of(FILE)[1]?.headers.range)).toBe(70_000);
    });

    it('that break off again and again without getting on are given up, as something that may be tried again', async () => {
      played.on(FILE, serve(10_000), (_, response) => void response.socket?.destroy());
      expect(await refusalOf(copy())).toMatchObject({ kind: 'unavailable', data: { site: 'alpha' } });
    }, 120_000);

    it('are refused when they are not what their Glance promised', async () => {
      played.on('GET /image/v2/images/i', { json: { ...image, os_hash_value: '0'.repeat(128) } });
      played.on(FILE, serve(Infinity));
      expect(await refusalOf(copy())).toMatchObject({ code: 'image-bytes-differ', retryable: true });
    });

    it('are refused when the target says that others arrived', async () => {
      target.on(
        'GET /image/v2/images/t',
        { json: { ...image, status: 'queued' } },
        { json: { ...image, os_hash_value: '1' } },
      );
      played.on(FILE, serve(Infinity));
      expect(await refusalOf(copy())).toMatchObject({ code: 'image-bytes-differ' });
    });

    it('are not moved into an image that is no longer queued', async () => {
      target.on('GET /image/v2/images/t', { json: image });
      expect(await refusalOf(copy())).toMatchObject({ kind: 'conflict', code: 'image-not-queued' });
      expect(played.of(FILE)).toHaveLength(0);
    });

    it('stop coming when their caller stops', async () => {
      let closed = false;
      played.on(FILE, (_, response) => {
        response.on('close', () => (closed = true));
        response.writeHead(200, { 'content-length': BYTES.length });
        response.write(BYTES.subarray(0, 1_000)); // And then nothing, for ever.
      });
      const stop = new AbortController();
      const copying = copy(stop.signal);
      setTimeout(() => stop.abort(), 300);
      await expect(copying).rejects.toMatchObject({ name: 'AbortError' });
      for (let n = 0; n < 1_000 && !closed; n++) await pause(20);
      expect(closed).toBe(true);
    });

    it('stop coming when the target refuses them in the middle', async () => {
      let closed = false;
      played.on(FILE, (_, response) => {
        response.on('close', () => (closed = true));
        response.writeHead(200, { 'content-length': BYTES.length });
        response.write(BYTES.subarray(0, 1_000)); // And then nothing, for ever.
      });
      target.refuseEarly(PUT, 409);
      expect(await refusalOf(copy())).toMatchObject({ kind: 'conflict', data: { site: 'beta' } });
      for (let n = 0; n < 1_000 && !closed; n++) await pause(20);
      expect(closed).toBe(true);
    });

    it('without a hash at their source are held against what the target computed', async () => {
      played.on('GET /image/v2/images/i', { json: { ...image, os_hash_algo: null, os_hash_value: null } });
      played.on(FILE, serve(Infinity));
      expect(await copy()).toMatchObject({ hash: SHA512 });
    });
  });
});
