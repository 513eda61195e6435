import { z } from 'zod';

/**
 * The sign of life of a site's notification stream, every few seconds while the bridge holds its broker's queues, however silent the cloud is. Subject:
 * `lifeboat.site.<site>.notification.site-heard.v1`; published behind all changes that were read before `at`, on the same stream.
 */
export const SiteHeard = z.object({
  site: z.string(),
  /** Everything that the broker had for us by then has been published before this. By the bridge's clock. */
  at: z.string(),
  /** Since then nothing can have been missed: its queues have existed and were not overrun. Older than this proves nothing. */
  unbrokenSince: z.string(),
});
export type SiteHeard = z.infer<typeof SiteHeard>;
