export type { Arena, Proof } from './arena.ts';
export { play } from './play.ts';
export type { Stage } from './play.ts';
export { Progress } from './progress.ts';
export { realArena } from './real-arena.ts';
export type { Report } from './report/report.ts';
export { SimulatedArena, simulatedArena } from './simulated-arena.ts';
