import { bug } from '@lifeboat/kernel';

/**
 * Who made an object at a cloud, and for what: the only way to find it again after a crash, and the only leave to remove it. Carried in the
 * create body, in the place that the service has for it: metadata (Cinder, Nova), tags (Glance: its properties leak into every volume and
 * server made from the image, tags do not), and the name or description where metadata is lost on the way (Cinder's backups).
 */
export type Mark = Readonly<Record<string, string>>;

export interface MarkedFor {
  /** For what outlives points. */
  readonly groupId?: string;
  readonly pointId?: string;
  /** Absent for what belongs to a whole point. */
  readonly diskId?: string;
  /** For copies made for a run. */
  readonly runId?: string;
}

/** Cinder, Nova and Glance cut or refuse values (and Glance whole tags) above 255 characters. */
const LONGEST = 255;

export function markOf(of: MarkedFor, purpose: string): Mark {
  const mark: Mark = {
    ...(of.runId !== undefined && { lifeboat_run: of.runId }),
    ...(of.groupId !== undefined && { lifeboat_group: of.groupId }),
    ...(of.pointId !== undefined && { lifeboat_point: of.pointId }),
    ...(of.diskId !== undefined && { lifeboat_disk: of.diskId }),
    lifeboat_purpose: purpose,
  };
  if (tagsOf(mark).some((tag) => tag.length > LONGEST))
    throw bug('mark-too-long', `The mark of ${purpose} for ${of.diskId ?? of.pointId} does not fit a tag.`);
  return mark;
}

/** The three marks that a driver is given (`DriverIo`), of a point of a disk and of the run that asks. */
export const marksOf = (
  point: { readonly pointId: string; readonly groupId: string; readonly disk: { readonly id: string } },
  runId?: string,
) => ({
  mark: (purpose: string): Mark =>
    markOf({ pointId: point.pointId, diskId: point.disk.id, ...(runId !== undefined && { runId }) }, purpose),
  markOfPoint: (purpose: string): Mark => markOf({ pointId: point.pointId }, purpose),
  markOfDisk: (purpose: string): Mark => markOf({ groupId: point.groupId, diskId: point.disk.id }, purpose),
});

export const tagsOf = (mark: Mark): readonly string[] => Object.entries(mark).map(([key, value]) => `${key}=${value}`);

/** The mark as one line of text, for descriptions: equal marks give equal text. */
export const textOf = (mark: Mark): string => `lifeboat ${tagsOf(mark).join(' ')}`.slice(0, LONGEST);

/** Whether metadata, properties or tags hold every part of the mark. */
export function bears(held: unknown, mark: Mark): boolean {
  if (Array.isArray(held)) return tagsOf(mark).every((tag) => held.includes(tag));
  if (typeof held !== 'object' || held === null) return false;
  return Object.entries(mark).every(([key, value]) => Reflect.get(held, key) === value);
}
