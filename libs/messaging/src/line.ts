import { unavailable } from '@lifeboat/kernel';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { setTimeout as pause } from 'node:timers/promises';
import { refuseOldServer } from './server-version.ts';

const RECONNECT_MS = 250;
const CONNECT_TIMEOUT_MS = 3_000;
const CLOSE_TIMEOUT_MS = 2_000;
/** A server that is silently gone (its machine, or the way to it) is given up after two of these. */
const PING_MS = 5_000;

/** Keeps a line to a nats-server, for as long as it takes to get one and whenever it breaks, until closed. */
export class Line {
  private nc: NatsConnection | undefined;
  private reachable = false;
  private closed = false;
  /** Why the server is not used although it is there. */
  private refusal: Error | undefined;
  private readonly waiting = new Set<() => void>();
  private readonly onAway = new Set<() => void>();

  constructor(
    private readonly url: string,
    private readonly name: string,
  ) {
    void this.open();
  }

  get up(): boolean {
    return this.reachable;
  }

  onceAway(call: () => void): () => void {
    this.onAway.add(call);
    return () => void this.onAway.delete(call);
  }

  connection(signal?: AbortSignal): Promise<NatsConnection> {
    if (this.nc && this.reachable) return Promise.resolve(this.nc);
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const settled = this.nc && this.reachable ? this.nc : this.reason(signal);
        if (!settled) return;
        this.waiting.delete(look);
        signal?.removeEventListener('abort', look);
        if (settled instanceof Error) reject(settled);
        else resolve(settled);
      };
      this.waiting.add(look);
      signal?.addEventListener('abort', look, { once: true });
      look();
    });
  }

  /** Why there is no connection, and no use in waiting for one. */
  private reason(signal: AbortSignal | undefined): Error | undefined {
    if (this.refusal) return this.refusal;
    if (!this.closed && !signal?.aborted) return undefined;
    return unavailable('bus-away', this.closed ? 'The connection to NATS was closed.' : 'NATS does not answer.', {
      mend: 'Work goes on by itself when it is back; look whether it runs, and at LIFEBOAT_NATS_URL.',
    });
  }

  private async open(): Promise<void> {
    while (!this.closed && !this.nc) {
      try {
        this.nc = await connect({
          servers: this.url,
          name: this.name,
          timeout: CONNECT_TIMEOUT_MS,
          maxReconnectAttempts: -1,
          reconnectTimeWait: RECONNECT_MS,
          reconnectJitter: RECONNECT_MS,
          pingInterval: PING_MS,
          ignoreAuthErrorAbort: true,
          // Else an error with its stack is made for each request, in case it fails. Ours say what was asked.
          noAsyncTraces: true,
        });
      } catch {
        await pause(RECONNECT_MS); // The server is away; whoever waits says so.
      }
    }
    if (!this.nc) return;
    if (this.closed) return this.nc.close();
    this.arrived(this.nc);
    for await (const { type } of this.nc.status()) {
      if (type === 'disconnect' || type === 'close') this.away();
      if (type === 'reconnect') this.arrived(this.nc);
    }
    this.away();
  }

  /** At first, and after each break: another server may answer under the same address then. */
  private arrived(nc: NatsConnection): void {
    try {
      refuseOldServer(nc.info?.version);
      this.refusal = undefined;
      this.reachable = true;
    } catch (thrown) {
      this.refusal = thrown as Error;
    }
    this.tell(this.waiting);
  }

  private away(): void {
    this.reachable = false;
    this.tell(this.onAway);
    this.onAway.clear();
  }

  private tell(all: ReadonlySet<() => void>): void {
    for (const call of all) call();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.tell(this.waiting);
    const nc = this.nc;
    if (!nc || nc.isClosed()) return;
    // Draining waits for the server, which may be away.
    const late = AbortSignal.timeout(CLOSE_TIMEOUT_MS);
    if (this.reachable)
      await Promise.race([nc.drain(), new Promise((resolve) => late.addEventListener('abort', resolve))]).catch(
        () => undefined,
      );
    if (!nc.isClosed()) await nc.close();
  }
}
