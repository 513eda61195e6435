import { notFound } from '@lifeboat/kernel';
import { createLogger } from './logger.ts';

function logged(what: object): Record<string, unknown> {
  let line = '';
  createLogger('spec', 'info', { write: (text) => void (line = text) }).info(what, 'said');
  return JSON.parse(line) as Record<string, unknown>;
}

describe('the log', () => {
  it('names the service and says what it was told', () => {
    expect(logged({ site: 'alpha' })).toMatchObject({ name: 'lifeboat-spec', msg: 'said', site: 'alpha' });
  });

  it.each(['password', 'secret', 'token', 'user_data', 'adminPass', 'authorization'])('never shows a %s', (name) => {
    const line = JSON.stringify(
      logged({ [name]: 'hidden-1', server: { [name]: 'hidden-2', body: { [name]: 'hidden-3' } } }),
    );
    expect(line).not.toMatch(/hidden/);
  });

  it('never shows a token in headers', () => {
    const line = JSON.stringify(
      logged({ headers: { 'x-auth-token': 'hidden', 'x-subject-token': 'hidden', accept: 'shown' } }),
    );
    expect(line).toContain('shown');
    expect(line).not.toContain('hidden');
  });

  it('shows an error with its code and data, but not the rows that a failed statement was about', () => {
    const failed = Object.assign(new Error('duplicate key'), {
      code: '23505',
      query: 'insert into server values ($1)',
      parameters: ['hidden'],
      detail: 'Key (user_data)=(hidden) already exists.',
      driverError: { detail: 'hidden' },
    });
    const line = JSON.stringify(logged({ err: failed }));
    expect(line).toContain('23505');
    expect(line).toContain('insert into server');
    expect(line).not.toContain('hidden');
    expect(logged({ err: notFound('x-not-found', 'No x.', { data: { id: 'x-1' } }) })).toMatchObject({
      err: { code: 'x-not-found', data: { id: 'x-1' }, message: 'No x.' },
    });
  });
});
