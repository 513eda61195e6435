import { StartFailover } from '@lifeboat/contracts';
import { hours, saga } from '@lifeboat/saga-engine';
import { committed, promoted, provisional, unlocked } from './fragments/committed.ts';
import { drillsGone } from './fragments/drills-gone.ts';
import { fenced } from './fragments/fenced.ts';
import { originalsRemoved } from './fragments/originals.ts';
import { locked, pinned } from './fragments/runs.ts';
import { checked, servedFromCopies, servedInWaves, startedFromCopies } from './fragments/serve-from-copies.ts';
import { trafficSwitched } from './fragments/traffic.ts';

const begun = (version: number, ...supersedes: readonly string[]) =>
  saga('failover', version, StartFailover)
    .onePer((s) => s.groupId)
    .supersedes(...supersedes)
    .deadline(hours(12))
    .use(locked('failover'));

const lost = () => undefined;

/**
 * Bring a protection group up at its recovery site when the primary is lost. Serves from copies of a pinned point: until the commit the replicas are
 * untouched and everything can be undone. Where that site is its first home, what still stands there of it comes back, as in a fail-back.
 */
export const failover = begun(7, 'protect', 'drill', 'stage')
  .use(pinned())
  .use(drillsGone)
  .use(checked({ staged: true, home: 'if it is', fences: true }))
  .use(fenced)
  .use(startedFromCopies({ staged: true, home: 'if it is' }))
  .use(provisional)
  .use(committed)
  .use(promoted(lost))
  .use(trafficSwitched((s: { readonly primary: string }) => ({ lost: s.primary })))
  .use(originalsRemoved)
  .use(unlocked)
  .end();

/** As runs began with it when all was made anew at a home, too. */
export const failoverV6 = begun(6, 'protect', 'drill', 'stage')
  .use(pinned())
  .use(drillsGone)
  .use(checked({ staged: true, fences: true }))
  .use(fenced)
  .use(startedFromCopies({ staged: true }))
  .use(provisional)
  .use(committed)
  .use(promoted(lost))
  .use(trafficSwitched((s: { readonly primary: string }) => ({ lost: s.primary })))
  .use(unlocked)
  .end();

/** And before anything was staged. */
export const failoverV5 = begun(5, 'protect', 'drill')
  .use(pinned())
  .use(drillsGone)
  .use(checked({ fences: true }))
  .use(fenced)
  .use(startedFromCopies())
  .use(provisional)
  .use(committed)
  .use(promoted(lost))
  .use(trafficSwitched((s: { readonly primary: string }) => ({ lost: s.primary })))
  .use(unlocked)
  .end();

/** And before primaries were fenced and traffic was switched. */
export const failoverV4 = begun(4, 'protect', 'drill')
  .use(pinned())
  .use(drillsGone)
  .use(servedInWaves())
  .use(provisional)
  .use(committed)
  .use(promoted(lost))
  .use(unlocked)
  .end();

/** And before there were plans. */
export const failoverV3 = begun(3, 'protect', 'drill')
  .use(pinned())
  .use(drillsGone)
  .use(servedFromCopies())
  .use(provisional)
  .use(committed)
  .use(promoted(lost))
  .use(unlocked)
  .end();

/** And before there were drills and a commit window. */
export const failoverV2 = begun(2, 'protect')
  .use(pinned())
  .use(servedFromCopies())
  .use(committed)
  .use(promoted(lost))
  .use(unlocked)
  .end();

/** And before there were disks whose driver has no copies to serve from. */
export const failoverV1 = begun(1, 'protect').use(pinned()).use(servedFromCopies()).use(committed).use(unlocked).end();
