import type { EndpointChecks } from '../diagnosis/check-endpoint.ts';
import type { IpcHandlers } from './answer.ts';

export function checkHandlers(checks: EndpointChecks): Pick<IpcHandlers, 'endpoint:check'> {
  return { 'endpoint:check': ({ role, address }) => checks.check(role, address) };
}
