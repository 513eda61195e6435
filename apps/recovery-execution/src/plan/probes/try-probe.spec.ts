import type { ResolvedProbe } from '@lifeboat/contracts';
import { unavailable } from '@lifeboat/kernel';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PlansFile } from '../plans-file.ts';
import { lineThatFits } from './console.ts';
import type { Asking } from './probe.ts';
import { tryProbe } from './try-probe.ts';

const file = PlansFile.parse({
  commands: { good: ['/bin/echo', 'all is well'], bad: ['/bin/sh', '-c', 'echo no leader >&2; exit 1'] },
  databases: { shop: { port: 1, database: 'shop', user: 'probe' } },
});
const CONSOLE = ['kernel up', 'shop: ready to serve', ''].join('\r\n');

let server: Server;
let port: number;
let closed: number;
beforeAll(async () => {
  server = createServer((request, response) =>
    response.writeHead(request.url === '/up' ? 200 : 302, { location: '/up' }).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  const gone = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => gone.once('listening', resolve));
  closed = (gone.address() as AddressInfo).port;
  await new Promise((resolve) => gone.close(resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ask = (probe: ResolvedProbe, more: Partial<Asking> = {}) =>
  tryProbe(probe, {
    cloud: { compute: { post: () => Promise.resolve({ output: CONSOLE }) } } as never,
    file,
    address: () => Promise.resolve('127.0.0.1'),
    targetId: 'srv-9',
    facts: { wave: 'data' },
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    ...more,
  });

describe('a probe', () => {
  it.each([
    ['tcp', () => ({ tcp: { server: 's', port } }), () => ({ tcp: { server: 's', port: closed } }), 'ECONNREFUSED'],
    [
      'http',
      () => ({ http: { server: 's', port, path: '/up' } }),
      () => ({ http: { server: 's', port, path: '/elsewhere' } }),
      'answered 302, wanted is 200',
    ],
    [
      'console',
      () => ({ console: { server: 's', line: '^shop: ready' } }),
      () => ({ console: { server: 's', line: 'serve nobody' } }),
      'its last line is: shop: ready to serve',
    ],
    ['command', () => ({ command: 'good' }), () => ({ command: 'bad' }), 'no leader'],
  ])('by %s passes when it is answered as it should be, and says why when not', async (_what, good, bad, said) => {
    expect(await ask(good())).toMatchObject({ passed: true });
    expect(await ask(bad())).toEqual({ passed: false, said: expect.stringContaining(said) as string });
  });

  it('takes another status when the plan wants that', async () => {
    expect(await ask({ http: { server: 's', port, path: '/', status: 302 } })).toMatchObject({ passed: true });
  });

  it('by sql says why it could not ask', async () => {
    const { passed, said } = await ask({ sql: { server: 's', named: 'shop' } });
    expect([passed, said]).toEqual([false, expect.stringContaining('ECONNREFUSED')]);
  });

  it('has not passed while the cloud cannot be asked, and says so', async () => {
    const address = () => Promise.reject(unavailable('site-away', 'beta does not answer.'));
    expect(await ask({ tcp: { server: 's', port } }, { address })).toEqual({
      passed: false,
      said: 'beta does not answer.',
    });
  });

  it('that gets no answer is given up, and asked again by whoever asked', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const probe = { http: { server: 's', port: (silent.address() as AddressInfo).port } };
    expect(await ask(probe, { timeoutMs: 100 })).toMatchObject({ passed: false });
    silent.closeAllConnections();
    silent.close();
  });

  it('throws when the work was taken away: another process asks by now', async () => {
    const taken = AbortSignal.abort(new Error('taken'));
    await expect(ask({ http: { server: 's', port } }, { signal: taken })).rejects.toThrow('taken');
  });

  it('with a pattern that would take for ever ends all the same', () => {
    expect(() => lineThatFits([`${'a'.repeat(60)}!`], '^(a+)+$')).toThrow('timed out');
  });
});
