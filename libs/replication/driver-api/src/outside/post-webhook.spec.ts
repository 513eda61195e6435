import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postWebhook, signatureOf } from './post-webhook.ts';

describe('a webhook', () => {
  let server: Server;
  let dir: string;
  let heard: { request: IncomingMessage; body: string } | undefined;
  let status = 200;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lifeboat-hook-'));
    await writeFile(join(dir, 'secret'), 'open sesame\n');
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        heard = { request, body };
        if (status > 0) response.writeHead(status, { location: '/elsewhere' }).end('{ "seconds": 1 }');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(dir, { recursive: true });
  });

  const post = (timeoutMs = 5_000) => {
    const how = { what: 'Hook "shop", lag', env: {}, timeoutMs, signal: new AbortController().signal };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/lag`;
    return postWebhook({ url, secretFile: join(dir, 'secret') }, 'key-1', '{"verb":"lag"}', how);
  };

  it('is asked with a key that repeats share, and a signature that only the secret gives', async () => {
    status = 200;
    expect(await post()).toBe('{ "seconds": 1 }');
    const { headers } = heard?.request ?? {};
    expect(headers?.['idempotency-key']).toBe('key-1');
    const signature = String(headers?.['lifeboat-signature']);
    const seconds = Number(/t=(\d+)/.exec(signature)?.[1]);
    expect(signature).toBe(signatureOf('open sesame', seconds, heard?.body ?? ''));
    expect(signature).not.toBe(signatureOf('other', seconds, heard?.body ?? ''));
  });

  it.each([
    [202, 'hook-not-yet', true],
    [503, 'hook-not-yet', true],
    [400, 'hook-failed', false],
    [500, 'hook-failed', false],
    [302, 'hook-unreachable', true],
  ])('that answers %i is %s', async (answered, code, retryable) => {
    status = answered;
    await expect(post()).rejects.toMatchObject({ code, retryable });
  });

  it('that does not answer in time is given up', async () => {
    status = 0;
    await expect(post(100)).rejects.toMatchObject({ code: 'hook-timed-out' });
  });
});
