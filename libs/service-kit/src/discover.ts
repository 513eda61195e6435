import type { RequestDef } from '@lifeboat/contracts';
import { bug } from '@lifeboat/kernel';
import type { INestApplicationContext, Provider } from '@nestjs/common';
import type { EventHandler, RequestContext } from './handlers.ts';
import { loopsOf, markOf } from './handlers.ts';
import type { Handler } from './work-runner.ts';

interface Answerer {
  answer(input: unknown, context: RequestContext): Promise<unknown>;
}

export interface Discovered {
  readonly handlers: Map<string, Handler>;
  readonly requests: { readonly request: RequestDef; readonly handler: Answerer }[];
  reactor: (Extract<Handler, { how: 'react' }> & { readonly filters: readonly string[] }) | undefined;
  readonly loops: { readonly name: string; readonly everyMs: number; readonly call: () => Promise<void> }[];
}

/** What the providers say they do, by their decorators. Refuses two handlers of one message: one of them would never be called. */
export function discover(providers: readonly Provider[], app: INestApplicationContext): Discovered {
  const found: Discovered = { handlers: new Map(), requests: [], reactor: undefined, loops: [] };
  for (const provider of providers) {
    if (typeof provider !== 'function') continue;
    const instance: object = app.get(provider);
    const mark = markOf(provider);
    if (mark?.how === 'decide' || mark?.how === 'work') {
      if (found.handlers.has(mark.command.subject)) throw twice(provider.name, mark.command.subject);
      found.handlers.set(mark.command.subject, { ...mark, handler: instance } as Handler);
    }
    if (mark?.how === 'answer') found.requests.push({ request: mark.request, handler: instance as Answerer });
    if (mark?.how === 'react') {
      if (found.reactor) throw twice(provider.name, 'events');
      found.reactor = { ...mark, handler: instance as EventHandler };
    }
    found.loops.push(...loopsIn(provider.name, instance));
  }
  return found;
}

const loopsIn = (name: string, instance: object): Discovered['loops'] =>
  loopsOf(instance).map(({ method, everyMs }) => ({
    name: `${name}.${method}`,
    everyMs,
    call: () => (instance as Record<string, () => Promise<void>>)[method]?.call(instance) ?? Promise.resolve(),
  }));

const twice = (name: string, what: string) =>
  bug('two-handlers', `${name} handles ${what}, which another class of this service handles already.`);
