import { z } from 'zod';

/** One notification, and of it only what may leave the site: what changed and when, never what it was changed to. */
export const Change = z.object({
  /** oslo's `message_id`; a repeat bears the same. */
  messageId: z.string(),
  /** `port.update.end`, as the service named it. */
  eventType: z.string(),
  /** `network.host-1`: which service at which host said so. */
  publisher: z.string(),
  /** When the service said it, by the site's clock. */
  occurredAt: z.string(),
  projectId: z.string().optional(),
  /** `req-…`: links it to the request at the site that caused it. */
  requestId: z.string().optional(),
  /** The entities it names, by the kinds of the entity registry. Empty: of a type that is not carried, or unknown. */
  refs: z.array(z.object({ kind: z.string(), id: z.string() })),
});
export type Change = z.infer<typeof Change>;

/**
 * What has changed at a site, many notifications in one message. Subject: `lifeboat.site.<site>.notification.site-changed.v1`. Dirty flags, not
 * truth: may come twice, late, in any order, or not at all.
 */
export const SiteChanged = z.object({
  site: z.string(),
  changes: z.array(Change).min(1),
});
export type SiteChanged = z.infer<typeof SiteChanged>;
