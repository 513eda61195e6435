import type { Change, Envelope, SiteChanged } from '@lifeboat/contracts';
import { asLifeboatError, deterministicId } from '@lifeboat/kernel';
import { Bus } from '@lifeboat/messaging';
import { LOGGER, SETTINGS } from '@lifeboat/service-kit';
import { observe, setGauge, traceContext } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { BridgeSettings } from '../bridge-settings.ts';
import type { Read } from '../reading/read-notification.ts';
import { Packer } from './packer.ts';
import { RecentIds } from './recent-ids.ts';

/** Below what a nats-server takes by default (1 MiB), with room for the message around it. */
const PACK = { count: 500, bytes: 480_000 } as const;
/** What a comma and its neighbours take beside a change. */
const BESIDE_BYTES = 4;
const LINGER_MS = 1;
const RETRY_MS = 250;
/** Repeats come when a broker or this process was cut off before an ack: as many as were under way then, times a few. */
const REMEMBERED = 100_000;

interface Waiting {
  readonly change: Change;
  readonly stored: () => void;
  readonly refused: (thrown: unknown) => void;
}

/** Brings changes to the hub, many in one message, in the order they came. */
@Injectable()
export class ChangeShipper {
  private readonly packer = new Packer<Waiting>(PACK);
  private readonly done = new RecentIds(REMEMBERED);
  private readonly underWay = new Map<string, Promise<void>>();
  private wake: () => void = () => undefined;

  constructor(
    private readonly bus: Bus,
    @Inject(SETTINGS) private readonly settings: BridgeSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** How many are not stored yet. */
  get waiting(): number {
    return this.underWay.size;
  }

  /**
   * Resolves when JetStream has stored it, however long that takes: now, or with another of the same `messageId` that came before. Rejects with
   * `message-too-large` where the server does not even take it alone.
   */
  async ship({ change, bytes }: Read): Promise<'stored' | 'repeated'> {
    const id = change.messageId;
    if (this.done.has(id)) return 'repeated';
    const before = this.underWay.get(id);
    if (before) return before.then(() => 'repeated');
    const stored = new Promise<void>((resolve, reject) =>
      this.packer.add({ change, stored: resolve, refused: reject }, bytes + BESIDE_BYTES),
    );
    this.underWay.set(id, stored);
    this.wake();
    try {
      await stored;
      this.done.add(id);
      return 'stored';
    } finally {
      this.underWay.delete(id);
    }
  }

  /** Resolves when all that waits now is stored, or refused. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.underWay.values());
  }

  /** Sends until aborted; what is not stored then is with its sender still. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.wake(), { once: true });
    while (!signal.aborted) {
      if (this.packer.size === 0) await new Promise<void>((resolve) => (this.wake = resolve));
      // One message costs the server a write to its disk, whatever is in it.
      if (!this.packer.full) await pause(LINGER_MS);
      const pack = this.packer.take();
      this.measure();
      if (pack.length > 0) await this.send(pack, signal);
      this.measure();
    }
  }

  private async send(pack: readonly Waiting[], signal: AbortSignal): Promise<void> {
    const envelope = this.envelopeOf(pack.map(({ change }) => change));
    while (!signal.aborted) {
      try {
        await this.bus.publish(envelope.type, envelope);
        observe('lifeboat_notifications_per_message', pack.length, { site: this.settings.LIFEBOAT_SITE });
        for (const { stored } of pack) stored();
        return;
      } catch (thrown) {
        if (asLifeboatError(thrown).code === 'message-too-large') return this.sendSmaller(pack, thrown, signal);
        this.log.warn({ err: thrown, changes: pack.length }, 'changes were not stored; they are sent again');
        this.measure();
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Where the server was told to take less than it does by default. */
  private async sendSmaller(pack: readonly Waiting[], thrown: unknown, signal: AbortSignal): Promise<void> {
    if (pack.length === 1) return pack[0]?.refused(thrown);
    const half = Math.ceil(pack.length / 2);
    await this.send(pack.slice(0, half), signal);
    await this.send(pack.slice(half), signal);
  }

  /** The id follows from the content: when it was stored and only the answer was lost, JetStream drops the repeat. */
  private envelopeOf(changes: readonly Change[]): Envelope<SiteChanged> {
    const site = this.settings.LIFEBOAT_SITE;
    return {
      id: deterministicId('site-changed', site, ...changes.map(({ messageId }) => messageId)),
      type: `lifeboat.site.${site}.notification.site-changed.v1`,
      source: 'lifeboat/notification-bridge',
      time: new Date().toISOString(),
      attempt: 1,
      ...traceContext(),
      data: { site, changes: [...changes] },
    };
  }

  private measure(): void {
    setGauge('lifeboat_notifications_waiting', this.underWay.size, { site: this.settings.LIFEBOAT_SITE });
  }
}
