import { driverConformance } from '@lifeboat/replication-driver-api';
import { loadDrivers } from '@lifeboat/replication-drivers';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BRIEF } from '../clouds/brief.ts';

const drivers = loadDrivers();

/** Of which the clouds of this machine have nothing to show, and why. */
const NOT_ON_REAL_CLOUDS: Readonly<Record<string, string>> = {
  'cinder-replication': 'makes no copies, and the Cinder of test/clouds has no back end that fails over by groups',
};

it('runs the suite of every driver on the real clouds that can show it', () => {
  const suites = readdirSync(join(import.meta.dirname))
    .filter((file) => file.endsWith('.clouds-spec.ts'))
    .map((file) => file.replace('.clouds-spec.ts', ''));
  const shown = drivers.all.map(({ name }) => name).filter((name) => NOT_ON_REAL_CLOUDS[name] === undefined);
  expect(suites.toSorted()).toEqual(shown.toSorted());
});

it.each(drivers.all)('has every case of the brief suite for $name', (driver) => {
  expect(driverConformance(driver).map(({ name }) => name)).toEqual(expect.arrayContaining([...BRIEF]));
});
