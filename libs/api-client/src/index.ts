export { LifeboatApi } from './api.ts';
export type { DeadLetter, GroupPreview, StartRun } from './api.ts';
export type { LiveEvent } from './events.ts';
