import type { Entity } from '../http/paging.ts';
import { Store } from '../state/store.ts';

/** Who may read beside the creator and administrators of the project. */
export interface Acl {
  users: string[];
  projectAccess: boolean;
  readonly born: number;
  updated: number;
}

export interface Kept extends Entity {
  readonly name: string | null;
  readonly projectId: string;
  readonly creatorId: string;
  updated: number;
  /** Undefined: nobody has set one, and the project has access. */
  acl: Acl | undefined;
}

export interface Secret extends Kept {
  readonly secretType: string;
  readonly algorithm: string | null;
  readonly bitLength: number | null;
  readonly mode: string | null;
  /** Epoch milliseconds; from then on it is not there any more. */
  readonly expires: number | null;
  payload: Buffer | undefined;
  contentType: string | undefined;
  metadata: Record<string, string>;
}

export interface SecretRef {
  readonly name: string | null;
  readonly secretId: string;
}

export interface Container extends Kept {
  readonly type: string;
  readonly secretRefs: readonly SecretRef[];
}

export class KeyManagerState {
  private readonly all = new Store<Secret>();
  readonly containers = new Store<Container>();

  add(secret: Secret): Secret {
    return this.all.add(secret);
  }

  /** Barbican shows nothing of what has expired. */
  secret(id: string | undefined): Secret | undefined {
    const found = this.all.get(id);
    return found && (found.expires === null || found.expires > Date.now()) ? found : undefined;
  }

  secrets(projectId: string): Secret[] {
    return this.all.filter((one) => one.projectId === projectId && this.secret(one.id) !== undefined);
  }

  delete(id: string): void {
    this.all.delete(id);
  }
}
