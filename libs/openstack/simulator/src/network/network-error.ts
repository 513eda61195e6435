import { Refusal } from '../http/refusal.ts';

/** Neutron's refusals name their exception. */
export const neutron = (status: number, type: string, message: string): Refusal =>
  new Refusal(status, message, { type });

export const missing = (
  kind: 'Network' | 'Subnet' | 'Port' | 'Router' | 'FloatingIP' | 'SecurityGroup' | 'SecurityGroupRule',
  id: string | undefined,
): Refusal => {
  if (kind === 'SecurityGroup') return neutron(404, 'SecurityGroupNotFound', `Security group ${id} does not exist`);
  if (kind === 'SecurityGroupRule')
    return neutron(404, 'SecurityGroupRuleNotFound', `Security group rule ${id} does not exist`);
  if (kind === 'FloatingIP') return neutron(404, 'FloatingIPNotFound', `Floating IP ${id} could not be found`);
  return neutron(404, `${kind}NotFound`, `${kind} ${id} could not be found${kind === 'Router' ? '' : '.'}`);
};

export const badResource = (resource: string, message: string): Refusal =>
  neutron(400, 'BadRequest', `Bad ${resource} request: ${message}.`);
export const invalidInput = (message: string): Refusal =>
  neutron(400, 'InvalidInput', `Invalid input for operation: ${message}.`);
export const httpBadRequest = (message: string): Refusal => neutron(400, 'HTTPBadRequest', message);
export const notByPolicy = (rule: string): Refusal =>
  neutron(403, 'PolicyNotAuthorized', `(rule:${rule}) is disallowed by policy`);
