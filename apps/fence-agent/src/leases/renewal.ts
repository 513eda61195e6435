import { RenewLeases } from '@lifeboat/contracts';
import type { LeaseAnswer } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import { Asker, Every, LOGGER, SETTINGS, Sites } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { AgentSettings } from '../agent-settings.ts';
import { now } from './clock.ts';
import type { Moment } from './clock.ts';
import { answered, renewEveryMs, reportOf } from './lease.ts';
import type { Lease } from './lease.ts';
import { Leases } from './leases.ts';

const TICK_MS = 200;
const LEAST_PATIENCE_MS = 1_000;

/** Has the hub renew all leases of the site, one question at a time. A lost one is asked again. */
@Injectable()
export class Renewal {
  private sentAt = -Infinity;
  private failing = false;
  private able = false;
  /** Whether the hub was asked since this process was started: before that nothing is known to have ended. */
  tried = false;

  constructor(
    private readonly leases: Leases,
    private readonly asker: Asker,
    private readonly sites: Sites,
    @Inject(SETTINGS) private readonly settings: AgentSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Every(TICK_MS)
  async renew(): Promise<void> {
    const everyMs = renewEveryMs(this.leases.all());
    const sent = now();
    if (sent.upMs - this.sentAt < everyMs) return;
    this.sentAt = sent.upMs;
    try {
      await this.take(await this.ask(sent, Math.max(everyMs, LEAST_PATIENCE_MS)), sent);
      if (this.failing) this.log.info('leases are renewed again');
      this.failing = false;
    } catch (thrown) {
      if (!this.failing) this.log.warn({ err: asLifeboatError(thrown) }, 'leases are not renewed; it is tried again');
      this.failing = true;
    } finally {
      this.tried = true;
    }
  }

  private async ask(sent: Moment, timeoutMs: number): Promise<readonly LeaseAnswer[]> {
    const { LIFEBOAT_SITE: site, LIFEBOAT_AGENT_NAME: agent } = this.settings;
    const leases = this.leases.all().map((lease) => reportOf(lease, sent));
    if (leases.length === 0) await this.proveAble();
    return (await this.asker.ask(RenewLeases, { site, agent, leases }, { timeoutMs })).leases;
  }

  /** Who has never reached the site's API could stop nothing: it takes no lease. What is held already is renewed, whatever the API does meanwhile. */
  private async proveAble(): Promise<void> {
    if (this.able) return;
    const cloud = await this.sites.open(this.settings.LIFEBOAT_SITE);
    await cloud.identity.get('/auth/catalog');
    this.able = true;
  }

  private async take(answers: readonly LeaseAnswer[], sent: Moment): Promise<void> {
    const before = new Map(this.leases.all().map((lease) => [lease.groupId, lease]));
    await this.leases.take((leases) => takenFrom(leases, answers, sent));
    for (const { groupId, outcome } of answers)
      if (changes(before.get(groupId), outcome)) this.log.info({ groupId, outcome }, 'the hub says of a lease');
  }
}

/** All that is held after these answers; of what they do not speak nothing changes. */
function takenFrom(leases: readonly Lease[], answers: readonly LeaseAnswer[], sent: Moment): readonly Lease[] {
  const spoken = new Set(answers.map(({ groupId }) => groupId));
  return [
    ...leases.filter(({ groupId }) => !spoken.has(groupId)),
    ...answers.flatMap((answer) => {
      const before = leases.find(({ groupId }) => groupId === answer.groupId);
      return answered(before, answer, sent) ?? [];
    }),
  ];
}

const changes = (before: Lease | undefined, outcome: LeaseAnswer['outcome']): boolean =>
  outcome === 'granted' ? !before || before.refused === true : outcome === 'released' || before?.refused !== true;
