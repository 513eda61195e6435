import { driverConformance } from '@lifeboat/replication-driver-api';
import { loadDrivers } from '@lifeboat/replication-drivers';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BRIEF } from '../clouds/brief.ts';

/** Of which the clouds of this machine have nothing to show, and why. */
const NOT_ON_REAL_CLOUDS: Readonly<Record<string, string>> = {
  'cinder-replication': 'makes no copies, and the Cinder of test/clouds has no back end that fails over by groups',
};

/** What an application carries goes by its servers, not by a cloud: its suite runs beside the driver. */
const onClouds = (await loadDrivers()).all.filter(
  ({ name, can }) => can.carries !== 'application' && NOT_ON_REAL_CLOUDS[name] === undefined,
);

it('runs the suite of every driver on the real clouds that can show it', () => {
  const suites = readdirSync(join(import.meta.dirname))
    .filter((file) => file.endsWith('.clouds-spec.ts'))
    .map((file) => file.replace('.clouds-spec.ts', ''));
  expect(suites.toSorted()).toEqual(onClouds.map(({ name }) => name).toSorted());
});

it.each(onClouds)('has every case of the brief suite for $name', (driver) => {
  expect(driverConformance(driver).map(({ name }) => name)).toEqual(expect.arrayContaining([...BRIEF]));
});
