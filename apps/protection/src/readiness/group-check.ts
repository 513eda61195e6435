import { CheckReadiness, ForecastRun, ReadinessChanged } from '@lifeboat/contracts';
import type { Forecast } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import { Asker, Database, LOGGER } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { GroupRow } from '../groups/group.row.ts';
import { learn } from '../plans/verification.ts';
import type { Looked } from '../plans/verification.ts';
import { wavesCovered } from '../plans/standing.ts';
import { assess, isNews } from './assess.ts';
import type { Assessment, Preflight } from './assess.ts';
import { factsOf } from './group-facts.ts';
import type { GroupFacts } from './group-facts.ts';
import { ReadinessRow } from './readiness.row.ts';

/** A pre-flight of a large group asks a slow cloud much. */
const PREFLIGHT_MS = 2 * 60_000;
/** Of our own services: nothing is known of the recovery site then. */
export const OWN_FAULTS = ['service-away', 'service-slow', 'bus-away'];

/** Looks whether a group could be failed over. Calls the recovery site alone, and makes nothing. */
@Injectable()
export class GroupCheck {
  constructor(
    private readonly database: Database,
    private readonly asker: Asker,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /**
   * May run twice at a time: the later one counts. Throws when our own services cannot look; what was found before stays. `asked`: somebody wants to know, so a plan without a
   * blocker is verified.
   */
  async check(groupId: string, { asked }: { readonly asked: boolean }): Promise<void> {
    const facts = await this.database.transaction((tx) => factsOf(tx, groupId));
    const [preflight, forecast] = await Promise.all([this.preflight(facts), this.forecast(groupId)]);
    const assessment = assess(facts, preflight, forecast);
    await this.store(
      facts,
      assessment,
      forecast,
      lookedAt(facts, preflight, asked && assessment.blockers.length === 0),
    );
  }

  private async preflight({ serving }: GroupFacts): Promise<Preflight | undefined> {
    if (!serving) return undefined;
    try {
      return await this.asker.ask(CheckReadiness, serving, { timeoutMs: PREFLIGHT_MS });
    } catch (thrown) {
      const { code, message, mend } = asLifeboatError(thrown);
      if (OWN_FAULTS.includes(code)) throw thrown;
      return { unanswered: { code, where: `site ${serving.target}`, message, ...(mend !== undefined && { mend }) } };
    }
  }

  /** Without one readiness is said all the same. */
  private async forecast(groupId: string): Promise<Forecast | undefined> {
    try {
      return (await this.asker.ask(ForecastRun, { groupId, kind: 'failover', alike: ['drill'] })).forecast;
    } catch (thrown) {
      this.log.warn({ err: asLifeboatError(thrown), groupId }, 'no forecast of how long a failover takes');
      return undefined;
    }
  }

  private store(
    { groupId, point }: GroupFacts,
    { score, blockers, warnings }: Assessment,
    forecast: Forecast | undefined,
    looked: Looked | undefined,
  ): Promise<void> {
    return this.database.transaction(async (tx, out) => {
      // Of one that was removed or failed over meanwhile nothing is stored.
      const group = await tx.findOne(GroupRow, { where: { groupId }, lock: { mode: 'pessimistic_write' } });
      if (!group || group.state === 'failed-over') return;
      const before = await tx.findOneBy(ReadinessRow, { groupId });
      await tx.save(
        tx.create(ReadinessRow, {
          groupId,
          checkedAt: new Date(),
          pointId: point?.pointId ?? null,
          score,
          blockers: [...blockers],
          warnings: [...warnings],
          forecast: forecast ?? null,
        }),
      );
      if (looked) await learn(tx, out, looked);
      if (isNews(before?.blockers, blockers))
        await out.emit(ReadinessChanged, { groupId, ready: blockers.length === 0, score, blockers: [...blockers] });
    });
  }
}

function lookedAt({ plan }: GroupFacts, preflight: Preflight | undefined, passed: boolean): Looked | undefined {
  if (!plan) return undefined;
  const waves = preflight && 'waves' in preflight && preflight.waves ? wavesCovered(preflight.waves) : null;
  return { ...plan, covers: { ...plan.covers, waves }, passed };
}
