export { LifeboatApi } from './api.ts';
export type { DeadLetter, DiskExplained, GroupPreview, PointCheck, ReprotectPreview, StartRun } from './api.ts';
export type { LiveEvent } from './events.ts';
