import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const RETRY_MS = 250;
const CONNECT_TIMEOUT_MS = 3_000;
/** First key of the advisory locks of instances; the second is the instance's number. */
export const INSTANCE_LOCKS = 0x11fe_b0a7;

/**
 * This process, as the owner of leases. It holds an advisory lock on a connection of its own: when the process dies the lock is gone at once, and
 * whoever starts next sees that the leases are nobody's, without waiting for them to run out.
 */
export class Instance {
  private readonly number = randomInt(1, 2 ** 31);
  /** Readable in `work.lease_owner`: host, process, number of the lock. */
  readonly name = `${hostname()}:${process.pid}:${this.number}`;
  private client: pg.Client | undefined;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly schema: string,
  ) {}

  /** Takes the lock, and takes it again whenever the connection breaks, until `close`. Throws when the first try fails. */
  async announce(): Promise<void> {
    if (this.client) return;
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      application_name: `lifeboat ${this.schema} instance`,
    });
    client.on('error', () => void this.again(client));
    try {
      await client.connect();
      await client.query('select pg_advisory_lock($1, $2)', [INSTANCE_LOCKS, this.number]);
    } catch (thrown) {
      client.removeAllListeners('error').on('error', () => undefined);
      await client.end().catch(() => undefined);
      throw thrown;
    }
    this.client = client;
    if (this.closed) await this.close();
  }

  private async again(broken: pg.Client): Promise<void> {
    if (this.client !== broken) return;
    this.client = undefined;
    while (!this.closed && !this.client) {
      await pause(RETRY_MS, undefined, { ref: false });
      await this.announce().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }
}
