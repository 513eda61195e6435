import type { Call } from '../http/call.ts';
import { forbidden, notFound, Refusal } from '../http/refusal.ts';

export const unauthorized = (): Refusal =>
  new Refusal(401, 'The request you have made requires authentication.', {
    headers: { 'www-authenticate': 'Keystone uri="/identity"' },
  });

/** Keystone's words when a role is missing. */
export function needAdmin(call: Call, action: string): void {
  if (!call.who.isAdmin) throw forbidden(`You are not authorized to perform the requested action: identity:${action}.`);
}

/** The owner of a user's things, or an administrator. */
export function needSelf(call: Call, userId: string, action: string): void {
  if (call.who.userId !== userId) needAdmin(call, action);
}

export const missing = (what: string, id: string): Refusal => notFound(`Could not find ${what}: ${id}.`);
