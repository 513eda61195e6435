import { freePort, PROJECT_ROOT, until } from '@lifeboat/testing';
import type { ServiceProcess } from '@lifeboat/testing';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fakeServer } from './simulated/fake-server.ts';
import { ExampleBench } from './simulated/example-bench.ts';
import { GiveUpEffect, MakeEffectSlowly } from './simulated/example-messages.ts';

const MINUTE = 60_000;
const NOWHERE = {
  LIFEBOAT_DATABASE_URL: 'postgres://lifeboat:hidden@127.0.0.1:1/x',
  LIFEBOAT_NATS_URL: 'nats://127.0.0.1:1',
};

/** The example service as a process, with all that it says. */
class Run {
  private said = '';
  private readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>;

  constructor(env: Readonly<Record<string, string>>) {
    this.child = spawn(
      join(PROJECT_ROOT, 'node_modules/.bin/node'),
      ['--import', './libs/telemetry/dist/register.js', 'libs/service-kit/dist/simulated/example-service.js'],
      { cwd: PROJECT_ROOT, env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => void (this.said += text));
    this.ended = new Promise((resolve) => this.child.once('close', (code) => resolve({ code, said: this.said })));
  }

  saying(text: string): Promise<true> {
    return until(`"${text}"`, async () => (this.said.includes(text) ? true : undefined), {
      everyMs: 20,
      timeoutMs: 15_000,
    });
  }

  terminate(): void {
    this.child.kill('SIGTERM');
  }
}

describe('a service that is started', () => {
  it(
    'names everything that is wrong with its settings at once, shows no value, and ends with 78',
    async () => {
      const { code, said } = await new Run({
        LIFEBOAT_DATABASE_URL: 'mysql://user:hidden@host/db',
        LIFEBOAT_HEALTH_PORT: '70000',
        LIFEBOAT_EXAMPLE: 'c',
      }).ended;
      expect(code).toBe(78);
      for (const name of ['DATABASE_URL', 'NATS_URL', 'HEALTH_PORT', 'EXAMPLE'])
        expect(said).toContain(`LIFEBOAT_${name} `);
      expect(said).not.toContain('hidden');
      expect(said.trim().split('\n')).toHaveLength(5);
    },
    MINUTE,
  );

  it(
    'lives while PostgreSQL and NATS are away, says that it is not ready, and ends when asked',
    async () => {
      const port = await freePort();
      const run = new Run({ ...NOWHERE, LIFEBOAT_HEALTH_PORT: String(port) });
      await run.saying('waiting for PostgreSQL');
      const [alive, ready] = await Promise.all(
        ['healthz', 'readyz'].map((path) => fetch(`http://127.0.0.1:${port}/${path}`)),
      );
      expect([alive?.status, ready?.status]).toEqual([200, 503]);
      expect(await ready?.json()).toEqual({ ready: false, parts: { nats: false, database: false } });
      run.terminate();
      const { code, said } = await run.ended;
      expect(code).toBe(0);
      expect(said).not.toContain('hidden');
    },
    MINUTE,
  );

  it(
    'ends with a sentence when its health port is taken',
    async () => {
      const taken = await fakeServer('2.14.0');
      const { code, said } = await new Run({ ...NOWHERE, LIFEBOAT_HEALTH_PORT: new URL(taken.url).port }).ended;
      taken.close();
      expect(code).toBe(78);
      expect(said).toMatch(/LIFEBOAT_HEALTH_PORT .*taken/);
    },
    MINUTE,
  );
});

describe('a service that runs', () => {
  let bench: ExampleBench;
  beforeAll(async () => void (bench = await ExampleBench.start()), MINUTE);
  afterAll(() => bench.stop(), MINUTE);

  it(
    'refuses a nats-server that is too old, and says which to run',
    async () => {
      const old = await fakeServer('2.9.10');
      const run = new Run({ LIFEBOAT_DATABASE_URL: bench.servers.databaseUrl, LIFEBOAT_NATS_URL: old.url });
      const { code, said } = await run.ended;
      old.close();
      expect(code).toBe(70);
      expect(said).toContain('Run nats-server 2.10.23 or newer');
    },
    MINUTE,
  );

  it(
    'says that it is not ready while one of the servers is away, and that it is when it is back',
    async () => {
      const instance = await bench.instance();
      const readyUrl = bench.urlOf(instance, 'readyz');
      const isReady = (ready: boolean) =>
        until(`readyz to be ${ready}`, async () => ((await fetch(readyUrl)).ok === ready ? true : undefined), {
          everyMs: 50,
        });
      for (const server of [bench.servers.nats, bench.servers.postgres]) {
        await server.kill();
        await isReady(false);
        await server.start();
        await isReady(true);
      }
      expect(instance.starts).toBe(1);
    },
    MINUTE,
  );

  it(
    'hands its work over when it is stopped in order',
    async () => {
      const [first] = bench.instances;
      const second = await bench.instance();
      const finished = bench.call(MakeEffectSlowly, { effect: 'handed', steps: 20, stepMs: 50 });
      await until('some of it', async () => ((await bench.effects('handed')).length > 3 ? true : undefined), {
        everyMs: 20,
      });
      await first?.stop();
      expect(await finished).toEqual({ answered: { effect: 'handed', byProcess: second.pid } });
    },
    MINUTE,
  );

  it(
    'ends a work that another command gives up: it makes nothing more, is not answered, and a repeat does not begin it again',
    async () => {
      const what = { effect: 'given-up', steps: 1_000, stepMs: 20 };
      const id = await bench.send(MakeEffectSlowly, what);
      await until('some of it', async () => ((await bench.effects('given-up')).length > 3 ? true : undefined), {
        everyMs: 20,
      });
      expect(await bench.call(GiveUpEffect, { effect: 'given-up' })).toMatchObject({
        answered: { effect: 'given-up' },
      });
      const made = await bench.effects('given-up');
      await bench.send(MakeEffectSlowly, what, id, 2);
      // Another work from beginning to end: by then the repeat would have been begun.
      await bench.call(MakeEffectSlowly, { effect: 'after', steps: 20, stepMs: 20 });
      expect(await bench.effects('given-up')).toEqual(made);
      expect(bench.answersTo(id)).toEqual([]);
    },
    MINUTE,
  );

  it(
    'shows its queues and handler times to Prometheus',
    async () => {
      const instance = bench.instances[1] as ServiceProcess;
      const text = await (await fetch(bench.urlOf(instance, 'metrics'))).text();
      expect(text).toMatch(/^lifeboat_queue_depth\{service="example",queue="work"\} \d+$/m);
      expect(text).toMatch(/^lifeboat_handler_seconds_count\{type="lifeboat.cmd.image.make-effect-slowly.v1"\} \d+$/m);
    },
    MINUTE,
  );
});
