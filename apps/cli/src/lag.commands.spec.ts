import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildProgram } from './program.ts';

const DISKS = [
  {
    disk: { kind: 'volume', id: 'v-1' },
    name: 'orders',
    driver: 'postgresql',
    target: 'beta',
    seconds: 1.25,
    bytes: 4096,
    healthy: true,
    measuredAt: new Date().toISOString(),
  },
  {
    disk: { kind: 'volume', id: 'v-2' },
    name: '',
    driver: 'rbd-mirror',
    target: 'beta',
    healthy: false,
    problem: 'rbd-mirror of beta says up+error',
  },
];

describe('lifeboat data lag', () => {
  let gateway: Server;
  let asked: (string | undefined)[] = [];

  beforeAll(async () => {
    gateway = createServer((request, response) => {
      asked.push(request.url);
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ disks: DISKS }));
    });
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => gateway.close(resolve)));

  async function said(...args: readonly string[]): Promise<string> {
    asked = [];
    let text = '';
    const { write } = process.stdout;
    process.stdout.write = (chunk: string | Uint8Array) => {
      text += String(chunk);
      return true;
    };
    const { port } = gateway.address() as AddressInfo;
    try {
      await buildProgram().parseAsync(['node', 'lifeboat', '--gateway', `http://127.0.0.1:${port}`, ...args]);
    } finally {
      process.stdout.write = write;
    }
    return text;
  }

  it('says of each disk how far behind it is, and why it is not healthy', async () => {
    const lines = (await said('data', 'lag', 'shop')).split('\n');
    const line = (name: string): string => lines.find((one) => one.includes(name)) ?? '';
    expect(asked).toEqual(['/v1/groups/shop/lag']);
    expect(line('orders')).toMatch(/orders.*postgresql.*beta.*1\.3.*4096.*healthy.*s ago/);
    expect(line('v-2')).toMatch(
      /v-2.*rbd-mirror.*not known.*not known.*not healthy: rbd-mirror of beta says up\+error.*not yet/,
    );
  });

  it('says the same as JSON', async () => {
    expect(JSON.parse(await said('--json', 'data', 'lag', 'shop'))).toEqual(DISKS);
  });
});
