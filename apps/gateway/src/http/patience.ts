/** Looking into a site takes as long as the site takes: a busy cloud has been seen to need more than half a minute. */
export const SITE_MS = 2 * 60_000;
