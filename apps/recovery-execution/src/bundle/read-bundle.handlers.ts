import { FindBundles, ReadBundleEntities, ReadBundleHome, ReadBundlePoint } from '@lifeboat/contracts';
import type { BundleHome, InputOf, OutputOf } from '@lifeboat/contracts';
import { notFound } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { openedDisks } from './home-file.ts';
import { ReadBundle } from './read-bundle.ts';

@AnswersRequest(FindBundles)
export class FindBundlesHandler implements RequestHandler<typeof FindBundles> {
  constructor(private readonly bundles: ReadBundle) {}

  async answer({ groupId, ...from }: InputOf<typeof FindBundles>): Promise<OutputOf<typeof FindBundles>> {
    return { found: [...(await this.bundles.find(from, groupId))] };
  }
}

@AnswersRequest(ReadBundleHome)
export class ReadBundleHomeHandler implements RequestHandler<typeof ReadBundleHome> {
  constructor(private readonly bundles: ReadBundle) {}

  async answer({ bundle }: InputOf<typeof ReadBundleHome>): Promise<OutputOf<typeof ReadBundleHome>> {
    const { format: _format, points, entities: _entities, ...home } = await this.bundles.home(bundle);
    return { home, points: points.map(({ images: _i, disks: _d, entities: _e, ...point }) => point) };
  }
}

@AnswersRequest(ReadBundlePoint)
export class ReadBundlePointHandler implements RequestHandler<typeof ReadBundlePoint> {
  constructor(private readonly bundles: ReadBundle) {}

  async answer({ bundle, pointId }: InputOf<typeof ReadBundlePoint>): Promise<OutputOf<typeof ReadBundlePoint>> {
    const home = await this.bundles.home(bundle);
    const { images, disks } = pointIn(home, pointId);
    const { primary: source, recovery: target } = home.group;
    return { source, target, images, disks: openedDisks(disks, this.bundles.key()) };
  }
}

/** Below what NATS carries in a message. */
const PAGE_BYTES = 400_000;

@AnswersRequest(ReadBundleEntities)
export class ReadBundleEntitiesHandler implements RequestHandler<typeof ReadBundleEntities> {
  constructor(private readonly bundles: ReadBundle) {}

  async answer({
    bundle,
    pointId,
    cursor,
  }: InputOf<typeof ReadBundleEntities>): Promise<OutputOf<typeof ReadBundleEntities>> {
    const home = await this.bundles.home(bundle);
    const { metadata, requestedAt, entities } = pointIn(home, pointId);
    const rest = entities.slice(cursor).map((at) => home.entities[at] ?? null);
    let bytes = 0;
    const page = rest.filter((one, i) => (bytes += JSON.stringify(one).length) < PAGE_BYTES || i === 0);
    return {
      metadata,
      requestedAt,
      entities: page,
      ...(page.length < rest.length && { next: cursor + page.length }),
    };
  }
}

function pointIn({ points }: BundleHome, pointId: string): BundleHome['points'][number] {
  const point = points.find((one) => one.pointId === pointId);
  if (point) return point;
  throw notFound('point-not-in-bundle', `The bundle says nothing of recovery point ${pointId}.`);
}
