import type { Live, Mark } from './entity.ts';

const RUN = 'lifeboat_run';
const ORIGIN = 'lifeboat_origin';
const TEXT = /^lifeboat:([^:]+):(.+)$/;
const TAG_RUN = 'lifeboat-run=';
const TAG_ORIGIN = 'lifeboat-origin=';

/** The mark of what stands for `kind` `id` of `site` in a run. Its text fits a Neutron description (255 characters). */
export function markFor(runId: string, site: string, kind: string, id: string): Mark {
  const origin = `${site}/${kind}/${id}`;
  return { runId, origin, text: `lifeboat:${runId}:${origin}` };
}

/** As metadata of servers and volumes. */
export const markMetadata = (mark: Mark): Readonly<Record<string, string>> => ({
  [RUN]: mark.runId,
  [ORIGIN]: mark.origin,
});

/** As tags: a second call, so never the only mark; they stay when the description gets its real text. 60 characters at most (Nova's limit). */
export const markTags = (mark: Mark): readonly string[] => [
  `${TAG_RUN}${mark.runId}`,
  `${TAG_ORIGIN}${mark.origin.split('/').at(-1) ?? ''}`,
];

/** The run whose mark an object bears and the id it stands for, wherever the mark is. */
export function markIn(live: Live): { readonly runId: string; readonly originId: string } | undefined {
  const metadata = live['metadata'] as Record<string, string> | undefined;
  const runId = metadata?.[RUN] ?? (live[RUN] as string | undefined);
  const origin = metadata?.[ORIGIN] ?? (live[ORIGIN] as string | undefined);
  if (runId && origin) return { runId, originId: origin.split('/').at(-1) ?? '' };
  const text = TEXT.exec(typeof live['description'] === 'string' ? live['description'] : '');
  if (text?.[1] && text[2]) return { runId: text[1], originId: text[2].split('/').at(-1) ?? '' };
  const tags = (live['tags'] as readonly string[] | undefined) ?? [];
  const [byRun, byOrigin] = [tags.find((t) => t.startsWith(TAG_RUN)), tags.find((t) => t.startsWith(TAG_ORIGIN))];
  return byRun && byOrigin
    ? { runId: byRun.slice(TAG_RUN.length), originId: byOrigin.slice(TAG_ORIGIN.length) }
    : undefined;
}

/** The run that something was made for, by any mark of it: a disk's copy has the one that drivers give. */
export function runIn(live: Live): string | undefined {
  const byDriver = ((live['tags'] as readonly unknown[] | undefined) ?? []).find(
    (tag) => typeof tag === 'string' && tag.startsWith(`${RUN}=`),
  );
  const metadata = live['metadata'] as Readonly<Record<string, string>> | undefined;
  return markIn(live)?.runId ?? metadata?.[RUN] ?? (byDriver as string | undefined)?.slice(RUN.length + 1);
}

export const bearsMark = (live: Live, mark: Mark): boolean => {
  const found = markIn(live);
  return found?.runId === mark.runId && found.originId === (mark.origin.split('/').at(-1) ?? '');
};

/** Without our marks: what the user wrote. */
export const userMetadata = (metadata: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries((metadata ?? {}) as Record<string, string>).filter(([key]) => !key.startsWith('lifeboat_')),
  );
export const userTags = (tags: unknown): readonly string[] =>
  ((tags ?? []) as readonly string[]).filter((tag) => !tag.startsWith('lifeboat-')).sort();
export const userDescription = (text: unknown): string => (typeof text === 'string' && !TEXT.test(text) ? text : '');
