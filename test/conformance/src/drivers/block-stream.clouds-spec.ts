import { driverOnRealClouds } from '../clouds/driver-on-real-clouds.ts';

driverOnRealClouds('block-stream');
