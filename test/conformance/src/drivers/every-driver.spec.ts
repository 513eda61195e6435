import { driverConformance } from '@lifeboat/replication-driver-api';
import { loadDrivers } from '@lifeboat/replication-drivers';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BRIEF } from '../clouds/brief.ts';

/** What an application carries goes by its servers, not by a cloud: its suite runs beside the driver. */
const onClouds = loadDrivers().all.filter(({ can }) => can.carries !== 'application');

it('runs the suite of every driver on the real clouds', () => {
  const suites = readdirSync(join(import.meta.dirname))
    .filter((file) => file.endsWith('.clouds-spec.ts'))
    .map((file) => file.replace('.clouds-spec.ts', ''));
  expect(suites.toSorted()).toEqual(onClouds.map(({ name }) => name).toSorted());
});

it.each(onClouds)('has every case of the brief suite for $name', (driver) => {
  expect(driverConformance(driver).map(({ name }) => name)).toEqual(expect.arrayContaining([...BRIEF]));
});
