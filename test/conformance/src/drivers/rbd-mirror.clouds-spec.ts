import { driverOnRealClouds } from '../clouds/driver-on-real-clouds.ts';
import { withMirroredPools } from '../clouds/mirror-bench.ts';

driverOnRealClouds('rbd-mirror', withMirroredPools);
