import { commandFailed } from '@lifeboat/contracts';
import type { CommandDef, Envelope, ErrorBody } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { ask, Bus, consume, subscriptions } from '@lifeboat/messaging';
import { freePort, ServiceProcess, until } from '@lifeboat/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startServers } from '../../../../tools/setup/servers.mjs';
import type { Servers } from '../../../../tools/setup/servers.mjs';
import { ReadEffects } from './example-messages.ts';

const SCRIPT = 'libs/service-kit/dist/simulated/example-service.js';

export type Outcome<A> = { readonly answered: A } | { readonly failed: ErrorBody };

/** Instances of the example service as processes, on servers of their own, and a caller that hears all answers. */
export class ExampleBench {
  /** Every answer that arrived, in order, repeats too. */
  readonly heard: Envelope[] = [];
  readonly instances: ServiceProcess[] = [];
  private readonly ports = new Map<ServiceProcess, number>();
  private readonly ending = new AbortController();

  private constructor(
    readonly servers: Servers,
    readonly bus: Bus,
    readonly dir: string,
  ) {
    void consume(
      bus,
      subscriptions.events('example-bench', ['lifeboat.evt.image.>']),
      async (envelope) => void this.heard.push(envelope),
      { concurrency: 8, signal: this.ending.signal, onProblem: () => undefined },
    );
  }

  static async start(): Promise<ExampleBench> {
    const servers = await startServers();
    const dir = await mkdtemp(join(tmpdir(), 'lifeboat-example-'));
    return new ExampleBench(servers, new Bus(servers.natsUrl, 'example-bench'), dir);
  }

  /** One more instance, ready. */
  async instance(restart = true, env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    const port = await freePort();
    const instance = new ServiceProcess({
      name: 'example',
      script: SCRIPT,
      env: {
        LIFEBOAT_DATABASE_URL: this.servers.databaseUrl,
        LIFEBOAT_NATS_URL: this.servers.natsUrl,
        LIFEBOAT_HEALTH_PORT: String(port),
        ...env,
      },
      logFile: join(this.dir, `${this.instances.length}.log`),
      readyUrl: `http://127.0.0.1:${port}/readyz`,
      restart,
    });
    this.instances.push(instance);
    this.ports.set(instance, port);
    instance.start();
    await instance.ready();
    return instance;
  }

  urlOf(instance: ServiceProcess, path: 'readyz' | 'metrics'): string {
    return `http://127.0.0.1:${this.ports.get(instance)}/${path}`;
  }

  async send<T>(
    command: CommandDef<T>,
    data: unknown,
    id = newId(),
    attempt = 1,
    more: Partial<Envelope> = {},
  ): Promise<string> {
    const envelope: Envelope = {
      id,
      type: command.subject,
      source: 'lifeboat/spec',
      time: new Date().toISOString(),
      attempt,
      correlationId: 'run-spec',
      data,
      ...more,
    };
    await this.bus.publish(command.subject, envelope);
    return id;
  }

  answersTo(commandId: string): readonly Envelope[] {
    return this.heard.filter(({ causationId }) => causationId === commandId);
  }

  /** Waits for the answer, sending the command again every other second, as the saga does. */
  async call<T, A>(command: CommandDef<T, A>, data: T, id = newId()): Promise<Outcome<A>> {
    let sentAt = 0;
    let attempt = 0;
    const answer = await until(
      `the answer to ${command.name}`,
      async () => {
        if (Date.now() - sentAt > 2_000) {
          sentAt = Date.now();
          await this.send(command, data, id, ++attempt).catch(() => undefined);
        }
        return this.answersTo(id)[0];
      },
      { timeoutMs: 45_000, everyMs: 20 },
    );
    if (answer.type === command.answer.subject) return { answered: command.answer.data.parse(answer.data) };
    return { failed: commandFailed('image').data.parse(answer.data).error };
  }

  async effects(prefix: string): Promise<readonly string[]> {
    return (await ask(this.bus, ReadEffects, { prefix })).effects;
  }

  /** Makes the leases that are held last an hour. */
  async stretchLeases(): Promise<void> {
    const client = new pg.Client({ connectionString: this.servers.databaseUrl });
    await client.connect();
    try {
      await client.query(
        `update example.work set lease_until = now() + interval '1 hour' where state = 'running' and lease_owner is not null`,
      );
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.instances.map((instance) => instance.stop()));
    await this.bus.close();
    await this.servers.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}
