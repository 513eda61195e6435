export { drivers } from './registry.ts';
export { MemoryCloud } from './memory/memory-cloud.ts';
export { memory } from './memory/memory.driver.ts';
