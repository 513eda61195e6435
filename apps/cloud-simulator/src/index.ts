export { readConfig, usage } from './simulator-config.ts';
export type { SimulatorConfig } from './simulator-config.ts';
