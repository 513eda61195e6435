import type { Answer, Call, Route } from './call.ts';
import type { FurtherService } from '../settings.ts';
import type { Refusal } from './refusal.ts';

/** One OpenStack service of the cloud, reached under its prefix. */
export interface Service {
  readonly name: 'identity' | 'image' | 'compute' | 'network' | 'volume' | FurtherService;
  readonly prefix: string;
  readonly routes: readonly Route[];
  /** The error in this service's own form. */
  renderRefusal(refusal: Refusal, call: Pick<Call, 'headers' | 'minor' | 'requestId'>): Answer;
  /** Which microversion a request speaks; throws 406 when the service does not. */
  negotiate?(headers: Call['headers']): number;
  /** Headers of every answer: the microversion spoken, the request id's service-specific twin. */
  answerHeaders?(minor: number, requestId: string): Readonly<Record<string, string>>;
}
