import { loadDrivers } from '@lifeboat/replication-drivers';
import { driverOnRealClouds } from '../clouds/driver-on-real-clouds.ts';
import { attached, driversFile } from '../clouds/drivers-file.ts';

const drivers = await loadDrivers(driversFile(attached));

driverOnRealClouds('block-stream', undefined, drivers.get('block-stream'));
