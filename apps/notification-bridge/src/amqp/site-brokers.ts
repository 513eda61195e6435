import { Every, LOGGER, SETTINGS } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { BridgeSettings } from '../bridge-settings.ts';
import { Reception } from '../reading/reception.ts';
import { queueOf } from './own-queue.ts';
import { SiteBroker } from './site-broker.ts';

/** RabbitMQ logs each look for an exchange that is not there as an error, so not more often. */
const BIND_AGAIN_MS = 600_000;

/** All brokers of the site: a cloud may have a virtual host, or a RabbitMQ, for each service. */
@Injectable()
export class SiteBrokers {
  private readonly brokers: readonly SiteBroker[];

  constructor(reception: Reception, @Inject(SETTINGS) settings: BridgeSettings, @Inject(LOGGER) log: Logger) {
    const { LIFEBOAT_SITE: site, LIFEBOAT_AMQP_URLS: urls = [], LIFEBOAT_AMQP_EXCHANGES: exchanges } = settings;
    const take = reception.take.bind(reception);
    this.brokers = urls.map((url) => new SiteBroker({ url, site, queue: queueOf(site), exchanges, take, log }));
  }

  async open(): Promise<void> {
    await Promise.all(this.brokers.map((broker) => broker.open()));
  }

  async close(): Promise<void> {
    await Promise.all(this.brokers.map((broker) => broker.close()));
  }

  /**
   * Since when nothing can have been missed, if the queues of all brokers are there and empty; `undefined` otherwise, and where there is no broker: what comes by
   * HTTP proves nothing about what did not come.
   */
  async emptySince(): Promise<Date | undefined> {
    const since = await Promise.all(this.brokers.map((broker) => broker.emptySince()));
    const known = since.filter((one) => one !== undefined);
    if (known.length === 0 || known.length < since.length) return undefined;
    return new Date(Math.max(...known.map((one) => one.getTime())));
  }

  @Every(BIND_AGAIN_MS)
  async bindAgain(): Promise<void> {
    await Promise.all(this.brokers.map((broker) => broker.bindAgain()));
  }
}
