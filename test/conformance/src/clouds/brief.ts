import type { As } from '@lifeboat/testing';

/** With LIFEBOAT_CLOUDS_BRIEF, what a loss needs most: a point is carried, compared and served without its primary. The others take many times as long. */
export const BRIEF: readonly string[] = ['serves and removes a point with the primary lost'];
/** Entities are then recreated once, and not again for a drill. */
export const isBriefForEntities = (name: string): boolean => !name.includes('drill');
/** Then tried by the main job alone, which carries a member's disks by them on the same clouds; what carries no bytes needs no storage. */
export const IN_MAIN_JOB: readonly string[] = ['image-transfer', 'server-snapshot', 'stateless'];
/** All entity types are then tried as an administrator, who may make more of them; what a member may is tried by the main job, on the same clouds. */
export const ENTITIES_AS: readonly As[] = ['admin'];
