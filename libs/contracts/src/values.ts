/** Values that several messages share, by what they are about. */
export * from './values/common.ts';
export * from './values/disks.ts';
export * from './values/evidence.ts';
export * from './values/metadata.ts';
export * from './values/protection.ts';
export * from './values/readiness.ts';
export * from './values/reprotect.ts';
export * from './values/runs.ts';
