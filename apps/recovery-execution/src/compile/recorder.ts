import type { Json } from '@lifeboat/kernel';
import { forEachService } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Entity } from '@lifeboat/openstack-entity-api';
import { alreadySo, WISHES } from './already-so.ts';
import { takeEffect } from './effects.ts';
import { RecordedObjects } from './recorded-objects.ts';
import { RecordingService } from './recording-service.ts';
import type { Call, Listed } from './script.ts';

/** For whom a call is made, and in which of its type's functions. */
export interface About {
  readonly of: Pick<Entity, 'kind' | 'id' | 'name'>;
  readonly as: 'look' | 'create' | 'more';
}

export type Written = Pick<Call, 'service' | 'method' | 'path' | 'microversion' | 'contentType' | 'body'>;

/** Keeps what would have been written to a target, and what would stand there then. Reads go to the target; nothing is ever written to it. */
export class Recorder {
  readonly calls: Call[] = [];
  readonly objects: RecordedObjects;
  /** The list that was read last for an entity: how it is looked for. */
  readonly listed = new Map<string, Listed>();
  /** What the target was asked already: nothing of it changes by us. */
  private readonly asked = new Map<string, Promise<unknown>>();
  /** Reads alone. */
  readonly reading: Cloud;

  constructor(
    private readonly live: Cloud,
    projectId: string,
  ) {
    this.objects = new RecordedObjects(projectId);
    this.reading = this.cloud();
  }

  /** The target for one function of a type; without `about`: for reads. */
  cloud(about?: About): Cloud {
    const { live } = this;
    return {
      site: live.site,
      whoAmI: (signal) => live.whoAmI(signal),
      has: (service, signal) => live.has(service, signal),
      ...forEachService((name) => new RecordingService(this.live[name], this, about)),
      close: async () => undefined,
    };
  }

  once<T>(question: string, ask: () => Promise<T>): Promise<T> {
    const known = this.asked.get(question) ?? ask();
    this.asked.set(question, known);
    return known as Promise<T>;
  }

  record(about: About, written: Written, more: Partial<Call> = {}): Call {
    const { service, method, path, microversion, contentType, body } = written;
    const unless = alreadySo(written);
    const wishes = about.as === 'create' ? WISHES[path]?.filter((wish) => isAsked(body, wish)) : undefined;
    const { kind, id, name } = about.of;
    const call: Call = {
      n: this.calls.length + 1,
      what: `${kind} ${name || id}`,
      of: { kind, id },
      service,
      method,
      path,
      ...(microversion !== undefined && { microversion }),
      ...(contentType !== undefined && { contentType }),
      ...(body !== undefined && { body: structuredClone(body) }),
      ...(unless && { unless }),
      ...(wishes && wishes.length > 0 && { wishes }),
      keeps: [],
      ...more,
    };
    this.calls.push(call);
    if (about.as === 'more') takeEffect(this.objects, call);
    return call;
  }

  /** Says more of a call that was recorded. */
  amend(n: number, more: Partial<Call>): void {
    const call = this.calls[n - 1];
    if (call) this.calls[n - 1] = { ...call, ...more };
  }
}

const isAsked = (body: Json | undefined, wish: string): boolean =>
  wish.split('.').reduce<Json | undefined>((at, step) => (at as { [key: string]: Json } | undefined)?.[step], body) !==
  undefined;
