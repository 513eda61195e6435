import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { templateOf } from './call-span.ts';
import { openCloud } from './open-cloud.ts';
import { PASSWORD, playCloud } from './simulated/played-cloud.ts';

describe('the span of a call', () => {
  it.each([
    ['/servers/5c3f2b9a-0000-4000-8000-000000000001/action', '/servers/{id}/action'],
    ['/quotas/561f4beae756433cb66f5900c8cb1e9f/details.json', '/quotas/{id}/details.json'],
    ['/os-keypairs/my key?user_id=x', '/os-keypairs/{id}'],
    ['/flavors/42/os-extra_specs', '/flavors/{id}/os-extra_specs'],
    ['/servers/detail', '/servers/detail'],
  ])('of %s is named %s', (path, template) => {
    expect(templateOf(path)).toBe(template);
  });

  it('says what was asked of whom, what was answered and which try it was, and no secret', async () => {
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
    const played = await playCloud();
    const cloud = openCloud(played.config);
    played.on('GET /network/v2.0/ports', { status: 503 }, { json: {}, headers: { 'x-openstack-request-id': 'req-5' } });
    await cloud.network.get('/ports');
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ name }) => name)).toEqual([
      'keystone POST /auth/tokens',
      'network GET /ports',
      'network GET /ports',
    ]);
    expect(spans[2]?.attributes).toEqual({
      'openstack.site': 'alpha',
      'http.request.method': 'GET',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(played.url).port),
      'http.request.resend_count': 1,
      'http.response.status_code': 200,
      'openstack.request_id': 'req-5',
    });
    expect(JSON.stringify(spans.map(({ attributes, status, events }) => [attributes, status, events]))).not.toMatch(
      new RegExp(`${PASSWORD}|token-1`),
    );
    await cloud.close();
    await played.stop();
    trace.disable();
  });
});
