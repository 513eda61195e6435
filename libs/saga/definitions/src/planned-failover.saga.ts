import { StartPlannedFailover } from '@lifeboat/contracts';
import { hours, saga } from '@lifeboat/saga-engine';
import { committed, promoted, provisional, unlocked } from './fragments/committed.ts';
import { fromLastPoint } from './fragments/last-point.ts';
import { locked } from './fragments/runs.ts';
import { servedFromCopies, servedInWaves } from './fragments/serve-from-copies.ts';
import { trafficSwitched } from './fragments/traffic.ts';

const begun = (version: number, ...aborts: readonly string[]) =>
  saga('planned-failover', version, StartPlannedFailover)
    .onePer((s) => s.groupId)
    .aborts(...aborts)
    .deadline(hours(24))
    .use(locked('planned-failover'))
    .use(fromLastPoint);

const fromPrimary = (s: { readonly primary: string }): string => s.primary;

/**
 * Move a group to its recovery site without loss. What a server is like is captured while it runs; then all are stopped, and what they wrote last is carried in
 * a last point, from which it goes on as an unplanned failover does. Undone, the servers that ran are started again.
 */
export const plannedFailover = begun(4, 'protect', 'drill', 'stage')
  .use(servedInWaves({ staged: true }))
  .use(provisional)
  .use(committed)
  .use(promoted(fromPrimary))
  .use(trafficSwitched((s: { readonly primary: string }) => ({ plannedFrom: s.primary })))
  .use(unlocked)
  .end();

/** As runs began with it before anything was staged. */
export const plannedFailoverV3 = begun(3, 'protect', 'drill')
  .use(servedInWaves())
  .use(provisional)
  .use(committed)
  .use(promoted(fromPrimary))
  .use(trafficSwitched((s: { readonly primary: string }) => ({ plannedFrom: s.primary })))
  .use(unlocked)
  .end();

/** And before traffic was switched. */
export const plannedFailoverV2 = begun(2, 'protect', 'drill')
  .use(servedInWaves())
  .use(provisional)
  .use(committed)
  .use(promoted(fromPrimary))
  .use(unlocked)
  .end();

/** And before there were plans. */
export const plannedFailoverV1 = begun(1, 'protect', 'drill')
  .use(servedFromCopies())
  .use(provisional)
  .use(committed)
  .use(promoted(fromPrimary))
  .use(unlocked)
  .end();
