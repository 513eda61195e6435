export { again, AnswersRequest, DoesWork, done, Every, HandlesCommand, ReactsTo } from './handlers.ts';
export type {
  DecidingHandler,
  EventHandler,
  HandlerContext,
  Outgoing,
  RequestContext,
  RequestHandler,
  WorkContext,
  WorkHandler,
  WorkOutcome,
} from './handlers.ts';
export { Asker, Database } from './injectables.ts';
export { envelopeOf } from './outgoing.ts';
export { runService } from './run-service.ts';
export { LOGGER, SETTINGS } from './service-options.ts';
export type { ServiceOptions } from './service-options.ts';
export { Sites } from './sites.ts';
