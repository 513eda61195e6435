import { Refusal } from '../http/refusal.ts';

/** Designate's error type and sentence; some errors have a type only. */
export const designate = (status: number, type: string, message = ''): Refusal =>
  new Refusal(status, message, { type });

export const invalidObject = (message: string): Refusal => designate(400, 'invalid_object', message);
