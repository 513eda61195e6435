/** With LIFEBOAT_CLOUDS_BRIEF, what a loss needs most: a point is carried, compared and served without its primary. The others take many times as long. */
export const BRIEF: readonly string[] = ['serves and removes a point with the primary lost'];
/** Then tried by the main job alone, which carries a member's disks by them on the same clouds; what carries no bytes needs no storage. */
export const IN_MAIN_JOB: readonly string[] = ['image-transfer', 'server-snapshot', 'stateless'];
