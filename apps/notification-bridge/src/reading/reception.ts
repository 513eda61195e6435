import { asLifeboatError } from '@lifeboat/kernel';
import { refsIn } from '@lifeboat/openstack-entity-api';
import { entities } from '@lifeboat/openstack-entities';
import { SETTINGS } from '@lifeboat/service-kit';
import { observe } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { BridgeSettings } from '../bridge-settings.ts';
import { ChangeShipper } from '../sending/change-shipper.ts';
import { PoisonBox } from '../sending/poison-box.ts';
import type { Origin } from '../sending/poison-box.ts';
import { readNotification } from './read-notification.ts';

/** Which entities an event names, by the types that are carried. */
export const nameEntities = refsIn(entities);

type Outcome = 'stored' | 'repeated' | 'poison';

/** Takes in what a broker delivers. */
@Injectable()
export class Reception {
  private readonly labels: Readonly<Record<Outcome, Readonly<Record<string, string>>>>;

  constructor(
    private readonly shipper: ChangeShipper,
    private readonly poison: PoisonBox,
    @Inject(SETTINGS) settings: BridgeSettings,
  ) {
    const site = settings.LIFEBOAT_SITE;
    this.labels = {
      stored: { site, outcome: 'stored' },
      repeated: { site, outcome: 'repeated' },
      poison: { site, outcome: 'poison' },
    };
  }

  /** Resolves when the notification is the hub's, or a dead letter: then, and not before, it may be acked. */
  async take(body: Uint8Array, origin: Origin): Promise<void> {
    const began = performance.now();
    const outcome = await this.handle(body, origin);
    observe('lifeboat_notification_seconds', (performance.now() - began) / 1_000, this.labels[outcome]);
  }

  private async handle(body: Uint8Array, origin: Origin): Promise<Outcome> {
    const reading = readNotification(body, nameEntities);
    if ('change' in reading)
      try {
        return await this.shipper.ship(reading);
      } catch (thrown) {
        return this.bury(body, asLifeboatError(thrown).message, origin);
      }
    return this.bury(body, reading.poison, origin);
  }

  private async bury(body: Uint8Array, reason: string, origin: Origin): Promise<Outcome> {
    await this.poison.bury(body, reason, origin);
    return 'poison';
  }
}
