export type { BlockDevice, Changes, Extent } from './device.ts';
