export { startSimulator } from './start-simulator.ts';
export type { Simulator, SimulatorOptions } from './start-simulator.ts';
export { defaultSettings } from './settings.ts';
export type { FurtherService, NetworkPlugin, Settings } from './settings.ts';
export type { CloudsYamlEntry } from './clouds-yaml.ts';
export type { Fault, FaultKind, FaultSpec } from './faults/fault.ts';
export type { FaultPlan, Presence } from './faults/fault-plan.ts';
export type { Inventory } from './control/inventory.ts';
export type { LoggedRequest } from './control/request-log.ts';
