export {
  ERROR_KINDS,
  LifeboatError,
  asLifeboatError,
  bug,
  conflict,
  external,
  forbidden,
  illegalState,
  invalidInput,
  notFound,
  timedOut,
  unavailable,
} from './errors.ts';
export type { ErrorDetails, ErrorKind } from './errors.ts';
export { canonicalJson, sameJson } from './json.ts';
export type { Json } from './json.ts';
export { deterministicId, digestOf, newId } from './ids.ts';
export { quantile } from './quantile.ts';
export { openSecret, sealSecret, secretDigest } from './seal.ts';
export type { SealedSecret } from './seal.ts';
export { Slots } from './slots.ts';
