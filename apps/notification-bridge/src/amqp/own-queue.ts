import type { Channel, ChannelModel } from 'amqplib';

/** What oslo.messaging publishes to: `notifications.info`, `versioned_notifications.error`, … */
const PATTERNS = ['notifications.*', 'versioned_notifications.*'] as const;
const NOT_FOUND = 404;
const ACCESS_REFUSED = 403;

/**
 * A bridge that nobody runs any more must not fill the site's broker: the oldest go first. Never change these: a broker refuses a queue that is declared
 * otherwise than it is. A policy of the broker may lower them.
 */
const BOUNDS = {
  // Said, since a virtual host may have another default: a quorum queue drops what was delivered too often, and it is while NATS is away.
  'x-queue-type': 'classic',
  'x-max-length': 200_000,
  'x-max-length-bytes': 512 * 1024 * 1024,
  'x-message-ttl': 24 * 60 * 60 * 1_000,
} as const;

/** A queue that has grown so long may have lost its oldest before anybody looks again. */
export const NEARLY_FULL = BOUNDS['x-max-length'] / 2;

export const queueOf = (site: string): string => `lifeboat-notifications-${site}`;

/** A queue of our own beside those of others (telemetry's `notifications.info`): copies go there, nothing is taken from anybody. */
export async function declareOwnQueue(channel: Channel, queue: string): Promise<void> {
  await channel.assertQueue(queue, { durable: true, arguments: BOUNDS });
}

/**
 * Binds the queue to those of the exchanges that are there; answers which. Exchanges are the services' own: one that we declared durable would refuse a
 * service that declares it otherwise, so none is made here. One that our user may not read is left out like one that is not there. May be repeated.
 */
export async function bindOwnQueue(
  model: Pick<ChannelModel, 'createChannel'>,
  queue: string,
  exchanges: readonly string[],
): Promise<readonly string[]> {
  const bound: string[] = [];
  for (const exchange of exchanges) if (await bind(model, queue, exchange)) bound.push(exchange);
  return bound;
}

/** On a channel of its own: the broker closes a channel that asked for what is not there. */
async function bind(model: Pick<ChannelModel, 'createChannel'>, queue: string, exchange: string): Promise<boolean> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined); // the call that caused it rejects with the same
  try {
    await channel.checkExchange(exchange);
    for (const pattern of PATTERNS) await channel.bindQueue(queue, exchange, pattern);
    await channel.close();
    return true;
  } catch (thrown) {
    const { code } = thrown as { readonly code?: unknown };
    if (code === NOT_FOUND || code === ACCESS_REFUSED) return false;
    throw thrown;
  }
}
