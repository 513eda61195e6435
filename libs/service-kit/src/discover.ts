import type { RequestDef } from '@lifeboat/contracts';
import type { INestApplicationContext, Provider } from '@nestjs/common';
import type { DecidingHandler, EventHandler, RequestContext, WorkHandler } from './handlers.ts';
import { loopsOf, markOf } from './handlers.ts';
import type { Handler } from './work-runner.ts';

interface Answerer {
  answer(input: unknown, context: RequestContext): Promise<unknown>;
}

export interface Discovered {
  readonly handlers: Map<string, Handler>;
  readonly requests: { readonly request: RequestDef; readonly handler: Answerer }[];
  readonly reactors: { readonly filters: readonly string[]; readonly handler: EventHandler }[];
  readonly loops: { readonly name: string; readonly everyMs: number; readonly call: () => Promise<void> }[];
}

/** What the providers say they do, by their decorators. */
export function discover(providers: readonly Provider[], app: INestApplicationContext): Discovered {
  const found: Discovered = { handlers: new Map(), requests: [], reactors: [], loops: [] };
  for (const provider of providers) {
    if (typeof provider !== 'function') continue;
    const instance: object = app.get(provider);
    const mark = markOf(provider);
    if (mark?.how === 'decide')
      found.handlers.set(mark.command.subject, { ...mark, handler: instance as DecidingHandler<typeof mark.command> });
    if (mark?.how === 'work')
      found.handlers.set(mark.command.subject, { ...mark, handler: instance as WorkHandler<typeof mark.command> });
    if (mark?.how === 'answer') found.requests.push({ request: mark.request, handler: instance as Answerer });
    if (mark?.how === 'react') found.reactors.push({ filters: mark.filters, handler: instance as EventHandler });
    for (const { method, everyMs } of loopsOf(instance))
      found.loops.push({
        name: `${provider.name}.${method}`,
        everyMs,
        call: () => (instance as Record<string, () => Promise<void>>)[method]?.call(instance) ?? Promise.resolve(),
      });
  }
  return found;
}
