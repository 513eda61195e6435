import { closure } from './closure.ts';
import type { Closure } from './closure.ts';
import { crawl } from './crawl.ts';
import type { CaptureOptions, Crawled, Page } from './crawl.ts';
import type { Entity, Ref, Topology } from './entity.ts';
import type { Registry } from './registry.ts';
import { topology } from './topology.ts';

/** All of a project at once, for what needs to go along its edges: as large in memory as the project. */
export interface Snapshot extends Crawled {
  /** All of the project, and the foreign things that any of it refers to. */
  readonly all: Topology;
  readonly pages: readonly Page[];
}

/** See `crawl`; in the order of the registry. */
export async function captureProject(options: CaptureOptions): Promise<Snapshot> {
  const pages: Page[] = [];
  const crawled = await crawl(options, (page) => {
    pages.push(page);
    return Promise.resolve();
  });
  const rank = new Map(options.registry.all.map((type, at) => [type.kind, at]));
  const of = (origin: Page['origin']): Entity[] =>
    pages
      .filter((page) => page.origin === origin)
      .flatMap((page) => page.entities)
      .sort((a, b) => (rank.get(a.kind) ?? 0) - (rank.get(b.kind) ?? 0));
  return { ...crawled, pages, all: topology([...of('owned'), ...of('foreign'), ...of('implied')]) };
}

/** The part of a project that a group holds. */
export const captureGroup = (snapshot: Snapshot, registry: Registry, roots: readonly Ref[]): Closure =>
  closure(snapshot.all, registry, roots);
