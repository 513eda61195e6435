import { StartFailback } from '@lifeboat/contracts';
import { hours, saga } from '@lifeboat/saga-engine';
import { committed, promoted, provisional, unlocked } from './fragments/committed.ts';
import { fromLastPoint } from './fragments/last-point.ts';
import { originalsRemoved } from './fragments/originals.ts';
import { locked } from './fragments/runs.ts';
import { servedFromCopies, servedInWaves } from './fragments/serve-from-copies.ts';
import { trafficSwitched } from './fragments/traffic.ts';

const begun = (version: number) =>
  saga('failback', version, StartFailback)
    .onePer((s) => s.groupId)
    .aborts('protect', 'drill')
    .deadline(hours(24))
    .use(locked('failback'))
    .use(fromLastPoint);

const fromPrimary = (s: { readonly primary: string }): string => s.primary;

/**
 * Bring a re-protected group to its first home without loss: the rows of a planned failover, with what still stands at home of the group coming back, and
 * traffic led as it was. What the new servers and volumes have taken the place of goes after the commit only.
 */
export const failback = begun(2)
  .use(servedInWaves({ home: true }))
  .use(provisional)
  .use(committed)
  .use(promoted(fromPrimary))
  .use(trafficSwitched((s: { readonly primary: string }) => ({ plannedFrom: s.primary })))
  .use(originalsRemoved)
  .use(unlocked)
  .end();

/** As runs began with it before a fail-back went by its group's plan. */
export const failbackV1 = begun(1)
  .use(servedFromCopies({ home: true }))
  .use(provisional)
  .use(committed)
  .use(promoted(fromPrimary))
  .use(originalsRemoved)
  .use(unlocked)
  .end();
