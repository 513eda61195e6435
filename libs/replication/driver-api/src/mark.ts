import { bug } from '@lifeboat/kernel';

/**
 * Who made an object at a cloud, and for what: the only way to find it again after a crash, and the only leave to remove it. Carried in the
 * create body, in the place that the service has for it: metadata (Cinder, Nova), tags (Glance: its properties leak into every volume and
 * server made from the image, tags do not), and the name or description where metadata is lost on the way (Cinder's backups).
 */
export type Mark = Readonly<Record<string, string>>;

export interface MarkedFor {
  readonly pointId: string;
  readonly diskId: string;
  /** For copies made for a run. */
  readonly runId?: string;
}

/** Cinder, Nova and Glance cut or refuse values (and Glance whole tags) above 255 characters. */
const LONGEST = 255;

export function markOf(of: MarkedFor, purpose: string): Mark {
  const mark: Mark = {
    ...(of.runId !== undefined && { lifeboat_run: of.runId }),
    lifeboat_point: of.pointId,
    lifeboat_disk: of.diskId,
    lifeboat_purpose: purpose,
  };
  if (tagsOf(mark).some((tag) => tag.length > LONGEST))
    throw bug('mark-too-long', `The mark of ${purpose} for ${of.diskId} does not fit a tag.`);
  return mark;
}

export const tagsOf = (mark: Mark): readonly string[] => Object.entries(mark).map(([key, value]) => `${key}=${value}`);

/** The mark as one line of text, for descriptions: equal marks give equal text. */
export const textOf = (mark: Mark): string => `lifeboat ${tagsOf(mark).join(' ')}`.slice(0, LONGEST);

/** Whether metadata, properties or tags hold every part of the mark. */
export function bears(held: unknown, mark: Mark): boolean {
  if (Array.isArray(held)) return tagsOf(mark).every((tag) => held.includes(tag));
  if (typeof held !== 'object' || held === null) return false;
  return Object.entries(mark).every(([key, value]) => Reflect.get(held, key) === value);
}
