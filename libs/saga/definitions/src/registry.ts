import { bug } from '@lifeboat/kernel';
import type { SagaDefinition } from '@lifeboat/saga-engine';

/**
 * The definition of a running saga (`version` given: the one it began with) or of a new one (the newest). Throws `bug` `saga-unknown`: a version
 * is dropped only when no run of it is left.
 */
export function definitionOf(sagas: readonly SagaDefinition[], name: string, version?: number): SagaDefinition {
  const versions = sagas.filter((d) => d.name === name).toSorted((a, b) => b.version - a.version);
  const found = version === undefined ? versions[0] : versions.find((d) => d.version === version);
  if (!found)
    throw bug('saga-unknown', `There is no saga ${name}${version === undefined ? '' : ` version ${version}`}.`);
  return found;
}
