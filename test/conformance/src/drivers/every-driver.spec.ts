import { driverConformance } from '@lifeboat/replication-driver-api';
import { loadDrivers } from '@lifeboat/replication-drivers';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BRIEF } from '../clouds/brief.ts';

const drivers = await loadDrivers();

it('runs the suite of every driver on the real clouds', () => {
  const suites = readdirSync(join(import.meta.dirname))
    .filter((file) => file.endsWith('.clouds-spec.ts'))
    .map((file) => file.replace('.clouds-spec.ts', ''));
  expect(suites.toSorted()).toEqual(drivers.all.map(({ name }) => name).toSorted());
});

it.each(drivers.all)('has every case of the brief suite for $name', (driver) => {
  expect(driverConformance(driver).map(({ name }) => name)).toEqual(expect.arrayContaining([...BRIEF]));
});
