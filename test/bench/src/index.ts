export type { Axis, Bar, Result } from './axis.ts';
