import type { Route } from './call.ts';

export interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

interface Compiled {
  readonly route: Route;
  readonly segments: readonly string[];
}

const split = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

const isVariable = (segment: string): boolean => segment.startsWith('{');

function match(segments: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const given = path[index];
    if (given === undefined) return undefined;
    if (isVariable(segment)) params[segment.slice(1, -1)] = decodeURIComponent(given);
    else if (segment !== given) return undefined;
  }
  return params;
}

/** Finds the route of a path; fixed segments win over variables. Answers `'method'` when only the method is wrong. */
export class Router {
  private readonly routes: readonly Compiled[];

  constructor(routes: readonly Route[]) {
    const fixedFirst = (one: Compiled, two: Compiled): number =>
      one.segments.filter(isVariable).length - two.segments.filter(isVariable).length;
    this.routes = routes.map((route) => ({ route, segments: split(route.pattern) })).sort(fixedFirst);
  }

  find(method: string, path: string): Found | 'method' | undefined {
    const given = split(path);
    let pathKnown = false;
    for (const { route, segments } of this.routes) {
      if (segments.length !== given.length) continue;
      const params = match(segments, given);
      if (params === undefined) continue;
      if (route.method === method) return { route, params };
      pathKnown = true;
    }
    return pathKnown ? 'method' : undefined;
  }
}
