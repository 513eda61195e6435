export { builtIn } from './registry.ts';
export { loadDrivers } from './load-drivers.ts';
export type { Drivers } from './load-drivers.ts';
export { MemoryCloud } from './memory/memory-cloud.ts';
export { memory } from './memory/memory.driver.ts';
