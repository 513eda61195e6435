export { DRIVERS, driversProvider } from './drivers-provider.ts';
export { builtIn } from './registry.ts';
export { assembleDrivers, loadDrivers } from './load-drivers.ts';
export type { Drivers, LoadedDriver } from './load-drivers.ts';
export { MemoryCloud } from './memory/memory-cloud.ts';
export { memory } from './memory/memory.driver.ts';
