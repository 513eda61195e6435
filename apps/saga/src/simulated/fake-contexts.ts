import { CheckTarget, commandFailed, messages, TargetChecked } from '@lifeboat/contracts';
import type { CommandDef, Context, Envelope } from '@lifeboat/contracts';
import { deterministicId } from '@lifeboat/kernel';
import type { ErrorDetails } from '@lifeboat/kernel';
import { consume, subscriptions } from '@lifeboat/messaging';
import type { Bus } from '@lifeboat/messaging';

const CONTEXTS: readonly Context[] = ['protection', 'capture', 'image', 'data', 'recovery'];
const COMMANDS = new Map(
  messages.flatMap((m) => (m.kind === 'command' ? [[m.subject, m as CommandDef] as const] : [])),
);

/** Nobody is there to answer a prompt. */
const ANSWERS = new Map<string, unknown>([
  [
    CheckTarget.subject,
    {
      ...TargetChecked.sample,
      waves: TargetChecked.sample.waves?.map(({ prompt: _prompt, delay: _delay, ...wave }) => wave),
    },
  ],
]);

/** What a fake context does with the first arrival of a command; by default it answers at once with the contract's sample. */
export interface Behaviour {
  /** So many answers are said and never heard. */
  readonly losesAnswers?: number;
  /** So many more times every answer is said. */
  readonly repeatsAnswers?: number;
  /** An event that follows from the command and is not its answer is said before. */
  readonly gossips?: boolean;
  readonly fails?: ErrorDetails;
  readonly holdsUntil?: Promise<unknown>;
  /** Called once, at the command's first arrival and before it is answered. */
  readonly meanwhile?: () => Promise<unknown> | void;
}

export interface Arrival {
  readonly name: string;
  readonly envelope: Envelope;
}

/**
 * Plays all services but the saga's: a work table in memory keyed by command id, which does each command once and answers repeats with the stored answer,
 * as the real inbox does. It outlives NATS and the saga service.
 */
export class FakeContexts {
  /** Every arrival, repeats included. */
  readonly arrivals: Arrival[] = [];
  private readonly behaviours = new Map<string, Behaviour>();
  private readonly work = new Map<string, { sent: number; answer?: Envelope }>();
  private readonly stopping = new AbortController();
  private readonly running: readonly Promise<void>[];

  constructor(private readonly bus: Bus) {
    this.running = CONTEXTS.map((context) =>
      consume(bus, subscriptions.commands(context), (envelope) => this.take(envelope), {
        concurrency: 16,
        signal: this.stopping.signal,
        onProblem: () => undefined, // NATS is taken away on purpose; consume goes on by itself.
      }),
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  /** How one run's commands of this name are dealt with. */
  when(runId: string, command: string, behaviour: Behaviour): void {
    this.behaviours.set(`${runId} ${command}`, behaviour);
  }

  /** The commands of a run in the order of their first arrival, each once. */
  effects(runId: string): readonly string[] {
    const seen = new Set<string>();
    return this.of(runId).flatMap(({ name, envelope }) =>
      seen.has(envelope.id) ? [] : [seen.add(envelope.id) && name],
    );
  }

  of(runId: string): readonly Arrival[] {
    return this.arrivals.filter(({ envelope }) => envelope.correlationId === runId);
  }

  private async take(envelope: Envelope): Promise<void> {
    const command = COMMANDS.get(envelope.type);
    if (!command) throw new Error(`no command: ${envelope.type}`);
    this.arrivals.push({ name: command.name, envelope });
    const known = this.work.get(envelope.id);
    const behaviour = this.behaviours.get(`${envelope.correlationId} ${command.name}`) ?? {};
    if (known) return known.answer && this.say(known.answer, (known.sent += 1), behaviour);
    const job: { sent: number; answer?: Envelope } = { sent: 1 };
    this.work.set(envelope.id, job);
    await behaviour.meanwhile?.();
    // Like a service that works on it: the message is taken in, the answer comes when it comes.
    void (behaviour.holdsUntil ?? Promise.resolve()).then(() => {
      job.answer = answerTo(command, envelope, behaviour);
      return this.say(job.answer, 1, behaviour);
    });
  }

  private async say(answer: Envelope, attempt: number, behaviour: Behaviour): Promise<void> {
    if (attempt <= (behaviour.losesAnswers ?? 0)) return;
    if (behaviour.gossips)
      await this.bus.publish('lifeboat.evt.data.gossip.v1', {
        ...answer,
        id: `${answer.id}-gossip`,
        type: 'lifeboat.evt.data.gossip.v1',
      });
    for (let more = 0; more <= (behaviour.repeatsAnswers ?? 0); more++)
      await this.bus.publish(answer.type, { ...answer, attempt: attempt + more }).catch(() => undefined); // lost: it is asked for again
  }
}

function answerTo(command: CommandDef, { id, correlationId, traceparent }: Envelope, { fails }: Behaviour): Envelope {
  return {
    id: deterministicId(id, 'answer'),
    type: fails ? commandFailed(command.context).subject : command.answer.subject,
    source: `lifeboat/fake-${command.context}`,
    time: new Date().toISOString(),
    attempt: 1,
    ...(correlationId !== undefined && { correlationId }),
    causationId: id,
    ...(traceparent !== undefined && { traceparent }),
    data: fails ? { command: command.subject, error: fails } : (ANSWERS.get(command.subject) ?? command.answer.sample),
  };
}
