/** Values that several messages share, by what they are about. */
export * from './values/approval.ts';
export * from './values/bundle.ts';
export * from './values/common.ts';
export * from './values/disks.ts';
export * from './values/evidence.ts';
export { inverseOf } from './values/inverse-of.ts';
export type { Inverse } from './values/inverse-of.ts';
export * from './values/metadata.ts';
export { Fence, Hook, ServerSelector } from './values/plan-parts.ts';
export * from './values/plan.ts';
export { planSchema } from './values/plan-schema.ts';
export * from './values/protection.ts';
export * from './values/readiness.ts';
export * from './values/recipe.ts';
export * from './values/reprotect.ts';
export * from './values/runs.ts';
export { isWithin, TimesOfDay, Weekday } from './values/times-of-day.ts';
export * from './values/traffic.ts';
