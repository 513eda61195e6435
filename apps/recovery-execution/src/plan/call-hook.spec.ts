import { Hook } from '@lifeboat/contracts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callHook, hookText } from './call-hook.ts';
import type { Calling } from './call-hook.ts';
import { PlansFile } from './plans-file.ts';

const FACTS = {
  key: 'lifeboat:run-1:data:before:0',
  run: 'run-1',
  group: 'shop',
  wave: 'data',
  when: 'before',
  drill: 'true',
};

describe('a hook of a plan', () => {
  let dir: string;
  let server: Server;
  let heard: { headers: IncomingHttpHeaders; body: string } | undefined;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lifeboat-plan-'));
    await writeFile(join(dir, 'key'), 'open sesame\n');
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        heard = { headers: request.headers, body };
        response.writeHead(Number(request.url?.slice(1)) || 200).end('as you wish');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(dir, { recursive: true });
  });

  const call = (hook: object, answer?: unknown) => {
    const calling: Calling = {
      file: PlansFile.parse({
        commands: {
          tell: ['/bin/sh', '-c', 'echo "$LIFEBOAT_WAVE $LIFEBOAT_DRILL $LIFEBOAT_KEY"'],
          later: ['/bin/sh', '-c', 'exit 75'],
        },
        secrets: { key: join(dir, 'key') },
      }),
      request: () => Promise.resolve(answer),
      timeoutMs: 5_000,
      signal: new AbortController().signal,
    };
    return callHook(Hook.parse(hook), FACTS, calling);
  };
  const url = (status = '') => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${status}`;

  it('that is a command is run as the plans file says, and told what it is for and whether it is a drill', async () => {
    expect(await call({ command: 'tell' })).toBe('data true lifeboat:run-1:data:before:0\n');
    await expect(call({ command: 'later' })).rejects.toMatchObject({ code: 'hook-not-yet', retryable: true });
    await expect(call({ command: 'constructor' })).rejects.toMatchObject({ code: 'plan-command-unknown' });
  });

  it('that is a webhook is a POST with a key that repeats share, signed when it says by what', async () => {
    expect(await call({ webhook: { url: url(), signedBy: 'key' } })).toBe('as you wish');
    expect(JSON.parse(heard?.body ?? '')).toEqual(FACTS);
    expect(heard?.headers['idempotency-key']).toBe(FACTS.key);
    expect(heard?.headers['lifeboat-signature']).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
    await call({ webhook: { url: url() } });
    expect(heard?.headers).not.toHaveProperty('lifeboat-signature');
    await expect(call({ webhook: { url: url('400') } })).rejects.toMatchObject({
      code: 'hook-failed',
      retryable: false,
    });
    await expect(call({ webhook: { url: url('503') } })).rejects.toMatchObject({ retryable: true });
  });

  it('that is a request is done, to be asked again, or failed, as the answer says', async () => {
    expect(await call({ request: 'shop.up' }, { done: true, said: 'it is up' })).toBe('it is up');
    await expect(call({ request: 'shop.up' }, { again: true })).rejects.toMatchObject({ retryable: true });
    await expect(call({ request: 'shop.up' }, { failed: 'no room' })).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining('no room') as string,
    });
    await expect(call({ request: 'shop.up' }, { ok: 1 })).rejects.toMatchObject({ code: 'hook-answer-malformed' });
  });

  it('is named without what might be a secret in its address', () => {
    expect(hookText(Hook.parse({ webhook: { url: 'https://hooks.example/up?token=hush' } }))).toBe(
      'webhook https://hooks.example/up',
    );
  });
});
