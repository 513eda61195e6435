import type { AdoptionPoint, HomePoint, PointStanding } from '@lifeboat/contracts';

export interface PointFacts {
  readonly point: Pick<HomePoint, 'pointId' | 'requestedAt'>;
  /** What this instance knows of it already. */
  readonly known?: string | undefined;
  readonly images: PointStanding;
  readonly disks: PointStanding;
}

/**
 * What becomes of a point. One of which only a part stands is kept, as damaged: with it goes what stands, when it is discarded; one of which nothing stands is left
 * out. Pure.
 */
export function verdictOf({ point: { pointId, requestedAt }, known, images, disks }: PointFacts): AdoptionPoint {
  const about = { pointId, requestedAt };
  if (known !== undefined) return { ...about, verdict: 'left out', why: `this instance knows it: it is ${known} here` };
  const missing = [...disks.missing, ...images.missing];
  if (missing.length === 0) return { ...about, verdict: 'adopted' };
  const why = missing.join('; ');
  return { ...about, verdict: images.standing + disks.standing > 0 ? 'damaged' : 'left out', why };
}

/** As it is kept with a point. Pure. */
export const damageOf = ({ verdict, why }: AdoptionPoint): { readonly damage?: string } =>
  verdict === 'damaged' ? { damage: why ?? 'part of it is gone' } : {};
