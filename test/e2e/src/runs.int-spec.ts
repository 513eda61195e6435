import { adoptedHomes } from './adopted-homes.ts';
import { drills } from './drill.ts';
import { evidenceOfRuns } from './evidence.ts';
import { world } from './journeys.ts';
import { lostStarts } from './lost-start.ts';
import { plannedFailovers } from './planned-failover.ts';
import { makePoint, protectedShop } from './shop-group.ts';
import type { ProtectedShop } from './shop-group.ts';
import { undoneFailovers } from './undone.ts';
import { warmGroups } from './warm.ts';
import { withoutLifeboat } from './without-lifeboat.ts';

const MINUTE = 60_000;

/** One workload for all of them: nine services take long to start. */
describe('runs', () => {
  let here: ProtectedShop;
  const there = (): ProtectedShop => here;

  beforeAll(async () => {
    here = await protectedShop(await world('admin'));
    expect(await makePoint(here)).toMatchObject({ outcome: 'completed' });
  }, 4 * MINUTE);
  afterAll(() => here.close(), MINUTE);

  describe('one that was asked for', () => lostStarts(there));
  describe('a drill', () => drills(there));
  describe('an unplanned failover that is not committed', () => undoneFailovers(there));
  describe('a group that is kept warm', () => warmGroups(there));
  describe('a planned failover', () => plannedFailovers(there));
  describe('the evidence of them', () => evidenceOfRuns(there));
  describe('a bundle', () => withoutLifeboat(there));
  describe('a home that is rebuilt from it', () => adoptedHomes(there));
});
