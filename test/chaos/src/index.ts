export { Killer } from './killer.ts';
