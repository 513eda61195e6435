import type { Envelope, SiteHeard } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { Bus } from '@lifeboat/messaging';
import { Every, SETTINGS } from '@lifeboat/service-kit';
import { traceContext } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { SiteBrokers } from '../amqp/site-brokers.ts';
import type { BridgeSettings } from '../bridge-settings.ts';
import { ChangeShipper } from './change-shipper.ts';

const EVERY_MS = 2_000;

/**
 * Tells the hub that the site is heard, also when it is silent. A look at which all queues were empty says nothing of what was on its way to us at that
 * moment; it has long arrived at the next one. So each sign speaks of the look before it, once all that had arrived since is stored.
 */
@Injectable()
export class SignsOfLife {
  private emptyAt: Date | undefined;

  constructor(
    private readonly brokers: SiteBrokers,
    private readonly shipper: ChangeShipper,
    private readonly bus: Bus,
    @Inject(SETTINGS) private readonly settings: BridgeSettings,
  ) {}

  @Every(EVERY_MS)
  async tell(): Promise<void> {
    const [before, now] = [this.emptyAt, new Date()];
    const unbrokenSince = await this.brokers.emptySince();
    this.emptyAt = unbrokenSince && now;
    if (!before || !unbrokenSince || unbrokenSince > before) return;
    await this.shipper.settled();
    await this.bus.publish(this.subject, this.envelopeOf({ at: before, unbrokenSince }));
  }

  private get subject(): string {
    return `lifeboat.site.${this.settings.LIFEBOAT_SITE}.notification.site-heard.v1`;
  }

  private envelopeOf({ at, unbrokenSince }: { readonly at: Date; readonly unbrokenSince: Date }): Envelope<SiteHeard> {
    return {
      id: newId(),
      type: this.subject,
      source: 'lifeboat/notification-bridge',
      time: new Date().toISOString(),
      attempt: 1,
      ...traceContext(),
      data: {
        site: this.settings.LIFEBOAT_SITE,
        at: at.toISOString(),
        unbrokenSince: unbrokenSince.toISOString(),
      },
    };
  }
}
