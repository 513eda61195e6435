import type { Envelope } from '@lifeboat/contracts';
import { deterministicId, invalidInput } from '@lifeboat/kernel';
import { buryEnvelope, Bus } from '@lifeboat/messaging';
import { LOGGER, SETTINGS } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { BridgeSettings } from '../bridge-settings.ts';
import { RecentIds } from './recent-ids.ts';

const RETRY_MS = 1_000;
const REMEMBERED = 10_000;

/** Where a notification came from. */
export interface Origin {
  readonly exchange: string;
  readonly routingKey: string;
}

/** Puts what is no notification to the dead letters. Its content stays at the site: it could be anything, a password too. */
@Injectable()
export class PoisonBox {
  private readonly buried = new RecentIds(REMEMBERED);
  /** One after the other: poison comes in floods, and each burial asks the server several things. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly bus: Bus,
    @Inject(SETTINGS) private readonly settings: BridgeSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Resolves when it is stored, however long that takes. A repeat of the same bytes is not stored again. */
  bury(body: Uint8Array, reason: string, origin: Origin): Promise<void> {
    this.last = this.last.then(() => this.keep(body, reason, origin));
    return this.last;
  }

  private async keep(body: Uint8Array, reason: string, origin: Origin): Promise<void> {
    const sha256 = createHash('sha256').update(body).digest('hex');
    if (this.buried.has(sha256)) return;
    const envelope = this.letter(sha256, body.length, origin);
    const error = invalidInput('notification-unreadable', `${reason} It came by ${nameOf(origin)}.`);
    for (;;)
      try {
        await buryEnvelope(this.bus, envelope, error);
        return this.buried.add(sha256);
      } catch (thrown) {
        this.log.warn({ err: thrown }, 'an unreadable notification was not put to the dead letters; it is tried again');
        await pause(RETRY_MS);
      }
  }

  private letter(sha256: string, bytes: number, origin: Origin): Envelope {
    const site = this.settings.LIFEBOAT_SITE;
    return {
      id: deterministicId('notification-unreadable', site, sha256),
      type: `lifeboat.site.${site}.notification.unreadable.v1`,
      source: 'lifeboat/notification-bridge',
      time: new Date().toISOString(),
      attempt: 1,
      data: { site, bytes, sha256, exchange: origin.exchange, routingKey: origin.routingKey },
    };
  }
}

/** Names come from whoever publishes, and the reason is a header. */
const nameOf = ({ exchange, routingKey }: Origin): string =>
  `${exchange} ${routingKey}`.replace(/[^\w.:*# -]/g, '?').slice(0, 200);
