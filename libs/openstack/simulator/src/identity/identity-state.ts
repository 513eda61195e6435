import type { Entity } from '../http/paging.ts';
import { Store } from '../state/store.ts';

export interface Domain extends Entity {
  name: string;
  description: string;
  enabled: boolean;
}

export interface Project extends Entity {
  name: string;
  domainId: string;
  parentId: string;
  description: string;
  enabled: boolean;
  tags: string[];
}

export interface User extends Entity {
  name: string;
  domainId: string;
  password: string;
  enabled: boolean;
  email: string | undefined;
  description: string | undefined;
  defaultProjectId: string | undefined;
}

export interface Role extends Entity {
  name: string;
  domainId: string | null;
  description: string | null;
  immutable: boolean;
}

export interface Assignment {
  readonly userId: string;
  readonly roleId: string;
  readonly projectId?: string;
  readonly domainId?: string;
  readonly system?: boolean;
}

export interface AppCredential extends Entity {
  readonly name: string;
  readonly userId: string;
  readonly projectId: string;
  readonly roleIds: readonly string[];
  readonly secret: string;
  readonly description: string | null;
  readonly expiresAt: number | null;
  /** null when it was not said, as Keystone keeps it. */
  readonly unrestricted: boolean | null;
}

export interface Token {
  readonly id: string;
  readonly userId: string;
  readonly projectId: string | undefined;
  readonly domainId: string | undefined;
  readonly system: boolean;
  readonly roleIds: readonly string[];
  readonly methods: readonly string[];
  readonly issuedAt: number;
  expiresAt: number;
  readonly auditId: string;
  readonly appCredentialId: string | undefined;
}

export class IdentityState {
  readonly domains = new Store<Domain>();
  readonly projects = new Store<Project>();
  readonly users = new Store<User>();
  readonly roles = new Store<Role>();
  readonly appCredentials = new Store<AppCredential>();
  readonly tokens = new Map<string, Token>();
  assignments: Assignment[] = [];
  /** Lifetime of tokens issued from now on, seconds. */
  tokenSeconds: number;

  constructor(tokenSeconds: number) {
    this.tokenSeconds = tokenSeconds;
  }

  rolesOf(
    userId: string,
    scope: { projectId?: string | undefined; domainId?: string | undefined; system?: boolean },
  ): string[] {
    return this.assignments
      .filter((one) => one.userId === userId)
      .filter((one) =>
        scope.system === true
          ? one.system === true
          : scope.projectId !== undefined
            ? one.projectId === scope.projectId
            : scope.domainId !== undefined && one.domainId === scope.domainId,
      )
      .map((one) => one.roleId);
  }

  roleNames(roleIds: readonly string[]): string[] {
    return roleIds.map((id) => this.roles.get(id)?.name ?? id);
  }
}
