import { ReadRun, StartDiscard, StartFailover, StartProtect, SteerRun } from '@lifeboat/contracts';
import type { CommandDef, Envelope, RunDetail, SteerAction } from '@lifeboat/contracts';
import { ask, Bus, consume, subscriptions } from '@lifeboat/messaging';
import { startStack, until } from '@lifeboat/testing';
import type { ServiceProcess, Stack } from '@lifeboat/testing';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { startServers } from '../../../../tools/setup/servers.mjs';
import type { Servers } from '../../../../tools/setup/servers.mjs';
import { FakeContexts } from './fake-contexts.ts';

/** What a failover sends, by the plan of one wave that the fakes answer with. */
export const FAILOVER = [
  'lock-group',
  'pin-point',
  'wait-for-drills',
  'check-target',
  'fence-primary',
  'materialise-disks',
  'recreate-entities',
  'run-hooks',
  'recreate-entities',
  'probe-wave',
  'run-hooks',
  'verify-workload',
  'commit-failover',
  'promote-disks',
  'switch-traffic',
  'remove-originals',
  'unlock-group',
];

/** The saga service as a process of its own, on PostgreSQL and NATS of its own, between services that are played. */
export class SagaBench {
  /** What the saga service told, in the order it was heard. */
  readonly heard: Envelope[] = [];
  readonly contexts: FakeContexts;
  private readonly stopping = new AbortController();
  private readonly listening: Promise<void>;

  private constructor(
    readonly servers: Servers,
    readonly bus: Bus,
    private readonly stack: Stack,
    private readonly dir: string,
  ) {
    this.contexts = new FakeContexts(bus);
    const hear = async (envelope: Envelope): Promise<void> => void this.heard.push(envelope);
    this.listening = consume(bus, subscriptions.events('spec', ['lifeboat.evt.saga.>']), hear, {
      concurrency: 16,
      signal: this.stopping.signal,
      onProblem: () => undefined,
    });
  }

  static async start(): Promise<SagaBench> {
    const dir = mkdtempSync(`${tmpdir()}/lifeboat-saga-`);
    const servers = await startServers({ fsync: false });
    const { databaseUrl, natsUrl } = servers;
    const stack = await startStack({ databaseUrl, natsUrl, cloudsFile: 'none', dir, only: ['saga'], traces: true });
    return new SagaBench(servers, new Bus(natsUrl, 'saga-spec'), stack, dir);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.listening, this.contexts.stop(), this.stack.stop()]);
    await this.bus.close();
    await this.servers.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  get service(): ServiceProcess {
    return this.stack.process('saga');
  }

  get tracesDir(): string {
    return this.stack.tracesDir;
  }

  /** kill -9; it is started again as by a service manager. */
  kill(): void {
    this.service.kill();
  }

  async wipeNats(): Promise<void> {
    await this.servers.nats.wipe();
    await this.servers.nats.start();
  }

  /** Any saga, by the command that starts it. */
  begin(start: CommandDef<Begun>, groupId: string, runId: string): Promise<Started> {
    // One discard of a point lives at a time.
    const own = start.name === StartDiscard.name && { pointId: `of-${runId}` };
    return this.send(start, { ...start.sample, ...own, runId, groupId });
  }

  failover(groupId: string, runId = `run-${randomUUID()}`): Promise<Started> {
    return this.send(StartFailover, { runId, groupId, reason: 'spec' });
  }

  protect(groupId: string, runId = `pnt-${randomUUID()}`): Promise<Started> {
    return this.send(StartProtect, { runId, groupId, reason: 'spec' });
  }

  run(runId: string): Promise<RunDetail> {
    return ask(this.bus, ReadRun, { runId }, { timeoutMs: 1_000 }).then(({ run }) => run);
  }

  steer(runId: string, action: SteerAction): Promise<unknown> {
    return ask(this.bus, SteerRun, { runId, action, by: 'operator' });
  }

  /** Waits until the run is so; the service may be dead meanwhile. */
  reaches(runId: string, outcome: RunDetail['outcome'], timeoutMs = 60_000): Promise<RunDetail> {
    return until(
      `run ${runId} to be ${outcome}`,
      async () => {
        const run = await this.run(runId).catch(() => undefined);
        return run?.outcome === outcome ? run : undefined;
      },
      { timeoutMs, everyMs: 50 },
    );
  }

  told(runId: string, name: string): readonly Envelope[] {
    return this.heard.filter((e) => e.correlationId === runId && e.type === `lifeboat.evt.saga.${name}.v1`);
  }

  async send<T extends { readonly runId: string }>(command: CommandDef<T>, data: T, attempt = 1): Promise<Started> {
    const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
    const { runId } = data;
    const envelope = {
      id: runId,
      type: command.subject,
      source: 'spec',
      time: new Date().toISOString(),
      attempt,
      correlationId: runId,
      traceparent,
      data,
    };
    await this.bus.publish(command.subject, envelope);
    return { runId, traceId: traceparent.split('-')[1] ?? '' };
  }
}

export interface Begun {
  readonly runId: string;
  readonly groupId: string;
}

export interface Started {
  readonly runId: string;
  readonly traceId: string;
}
