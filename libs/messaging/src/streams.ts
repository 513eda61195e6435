import type { NatsConnection } from '@nats-io/nats-core';
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import type { ConsumerConfig, StreamConfig } from '@nats-io/jetstream';

const seconds = (n: number): number => n * 1_000_000_000;
const days = (n: number): number => seconds(n * 86_400);

/**
 * Every stream there is. Their content is transport, not record: all of it may be lost, PostgreSQL sends it again.
 * Commands and a site's work leave their stream when they are acked; answers and events stay a while for late readers.
 */
const STREAMS: readonly (Partial<StreamConfig> & { readonly name: string })[] = [
  { name: 'COMMANDS', subjects: ['lifeboat.cmd.>'], retention: RetentionPolicy.Workqueue },
  { name: 'EVENTS', subjects: ['lifeboat.evt.>'], retention: RetentionPolicy.Limits, max_age: days(7) },
  { name: 'WORK', subjects: ['lifeboat.site.*.work.>'], retention: RetentionPolicy.Workqueue },
  { name: 'ANSWERS', subjects: ['lifeboat.site.*.answer.>'], retention: RetentionPolicy.Workqueue },
  {
    name: 'NOTIFICATIONS',
    subjects: ['lifeboat.site.*.notification.>'],
    retention: RetentionPolicy.Limits,
    max_age: days(7),
  },
  { name: 'DEAD', subjects: ['lifeboat.dead.>'], retention: RetentionPolicy.Limits },
];

export interface Subscription {
  readonly stream: 'COMMANDS' | 'EVENTS' | 'WORK' | 'ANSWERS' | 'NOTIFICATIONS';
  readonly durable: string;
  /** Subjects; those of one work queue's consumers never overlap. */
  readonly filters: readonly string[];
  /** Messages unanswered for so long are delivered again; long work keeps its message alive by in-progress acks. */
  readonly ackWaitSeconds?: number;
}

/** Who reads what: one durable consumer per context; filters of one work queue never overlap. */
export const subscriptions = {
  commands: (context: string): Subscription => ({
    stream: 'COMMANDS',
    durable: `cmd-${context}`,
    filters: [`lifeboat.cmd.${context}.>`],
  }),
  events: (service: string, filters: readonly string[]): Subscription => ({
    stream: 'EVENTS',
    durable: `evt-${service}`,
    filters,
  }),
  siteWork: (site: string): Subscription => ({
    stream: 'WORK',
    durable: `work-${site}`,
    filters: [`lifeboat.site.${site}.work.>`],
    ackWaitSeconds: 15,
  }),
  siteChanges: (service: string): Subscription => ({
    stream: 'NOTIFICATIONS',
    durable: `changes-${service}`,
    filters: ['lifeboat.site.*.notification.>'],
  }),
  siteAnswers: (service: string): Subscription => ({
    stream: 'ANSWERS',
    durable: `answers-${service}`,
    filters: ['lifeboat.site.*.answer.>'],
  }),
};

/** JetStream's code for a stream that is there, but declared otherwise: by another version of ours. */
const DECLARED_OTHERWISE = 10_058;

/**
 * Creates what is missing and adapts what an earlier version declared; called at start and again whenever the server has forgotten (its store was
 * wiped).
 */
export async function ensureStreams(nc: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(nc);
  for (const config of STREAMS) {
    const discard = config.retention === RetentionPolicy.Limits ? DiscardPolicy.Old : DiscardPolicy.New;
    const full = { storage: StorageType.File, discard, duplicate_window: seconds(120), ...config };
    // A copy: `add` writes `sources: undefined` into what it is given, and an update by that would cut the hub off its leaf nodes.
    await manager.streams.add({ ...full }).catch((thrown: unknown) => {
      if (thrown instanceof JetStreamApiError && thrown.code === DECLARED_OTHERWISE)
        return manager.streams.update(config.name, full);
      throw thrown;
    });
  }
}

export async function ensureConsumer(nc: NatsConnection, to: Subscription): Promise<void> {
  const config: Partial<ConsumerConfig> = {
    durable_name: to.durable,
    filter_subjects: [...to.filters],
    ack_policy: AckPolicy.Explicit,
    ack_wait: seconds(to.ackWaitSeconds ?? 30),
    deliver_policy: DeliverPolicy.All,
    max_ack_pending: 512,
    max_deliver: -1,
  };
  await (await jetstreamManager(nc)).consumers.add(to.stream, config);
}
