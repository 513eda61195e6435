import { messages, StartDiscard } from '@lifeboat/contracts';
import type { CommandDef, Context, Envelope } from '@lifeboat/contracts';
import { deterministicId, newId } from '@lifeboat/kernel';
import { Bus, consume, subscriptions } from '@lifeboat/messaging';
import { startServers, startStack, until } from '@lifeboat/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onCore } from '../notifications/cores.ts';
import { dbosStepsPerSecond } from './dbos.ts';

/** Runs of four steps, none of which does anything, so many of them at once. */
const RUNS = 300;
const AT_ONCE = 32;
const STEPS = 4;
const WARM_UP = 40;

export interface Steps {
  readonly ours: number;
  /** Of DBOS Transact; `undefined` where it cannot be had. */
  readonly peer: number | undefined;
}

const COMMANDS = new Map(
  messages.flatMap((one) => (one.kind === 'command' ? [[one.subject, one as CommandDef] as const] : [])),
);
const ANSWERING: readonly Context[] = ['protection', 'capture', 'image', 'data'];

/** The saga service alone on one core, then DBOS Transact alone on the same; PostgreSQL (its commits synced), NATS and who answers on the other. */
export async function stepsPerSecond(say: (what: string) => void): Promise<Steps> {
  const servers = await startServers();
  const dir = mkdtempSync(join(tmpdir(), 'lifeboat-bench-'));
  for (const pid of [process.pid, servers.postgres.pid(), servers.nats.pid()]) onCore('around', pid);
  try {
    say(`${RUNS} runs of ${STEPS} steps by the saga service`);
    const { databaseUrl, natsUrl } = servers;
    const stack = await startStack({ databaseUrl, natsUrl, cloudsFile: 'none', dir, only: ['saga'] });
    onCore('measured', stack.process('saga').pid);
    const player = new Player(natsUrl);
    await player.play(WARM_UP);
    const ours = await player.play(RUNS);
    await player.stop();
    await stack.stop();
    say(`${RUNS} workflows of ${STEPS} steps by DBOS Transact`);
    const of = { runs: RUNS, steps: STEPS, atOnce: AT_ONCE, warmUp: WARM_UP };
    return { ours, peer: await dbosStepsPerSecond(databaseUrl, of, say) };
  } finally {
    await servers.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Starts runs and answers each of their commands at once, with its contract's sample. */
class Player {
  private readonly bus: Bus;
  private readonly stopping = new AbortController();
  private readonly listening: readonly Promise<void>[];
  private readonly ended = new Set<string>();

  constructor(natsUrl: string) {
    this.bus = new Bus(natsUrl, 'bench');
    const options = { concurrency: AT_ONCE, signal: this.stopping.signal, onProblem: () => undefined };
    const hear = async ({ type, correlationId }: Envelope): Promise<void> => {
      if (type.includes('run-ended') && correlationId !== undefined) this.ended.add(correlationId);
    };
    this.listening = [
      ...ANSWERING.map((context) =>
        consume(this.bus, subscriptions.commands(context), (envelope) => this.answer(envelope), options),
      ),
      consume(this.bus, subscriptions.events('bench', ['lifeboat.evt.saga.>']), hear, options),
    ];
  }

  /** Answers the steps a second. */
  async play(runs: number): Promise<number> {
    const began = performance.now();
    const waiting = Array.from({ length: runs }, () => newId());
    const one = async (): Promise<void> => {
      for (let runId = waiting.pop(); runId !== undefined; runId = waiting.pop()) {
        const id = runId;
        await this.start(id);
        await until(`run ${id}`, async () => (this.ended.has(id) ? true : undefined), {
          everyMs: 2,
          timeoutMs: 120_000,
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    return (runs * STEPS) / ((performance.now() - began) / 1_000);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.listening);
    await this.bus.close();
  }

  private start(runId: string): Promise<void> {
    const data = { runId, groupId: 'grp-1', pointId: `pnt-${runId}`, reason: 'bench' };
    return this.bus.publish(StartDiscard.subject, envelopeOf(newId(), StartDiscard.subject, runId, data));
  }

  private async answer({ id, type, correlationId = '' }: Envelope): Promise<void> {
    const command = COMMANDS.get(type);
    if (!command) return;
    const { subject, sample } = command.answer;
    const answer = envelopeOf(deterministicId(id, 'answer'), subject, correlationId, sample);
    await this.bus.publish(subject, { ...answer, causationId: id });
  }
}

const envelopeOf = (id: string, type: string, correlationId: string, data: unknown): Envelope => ({
  id,
  type,
  source: 'lifeboat/bench',
  time: new Date().toISOString(),
  attempt: 1,
  correlationId,
  data,
});
