import { WindowFault } from '../../../shared/ipc.ts';

/** The innermost components say where it was; the rest of the stack is the same for all. */
const MAX_COMPONENTS = 8;

/**
 * What may be told of an exception: its name and the components it came from. Its message may hold
 * what was on the screen, or a pass.
 * @param componentStack as React gives it: lines of the form `at Name (place)`
 */
export function faultOf(error: unknown, componentStack: string): WindowFault {
  const name = error instanceof Error ? error.name : typeof error;
  const components = [...componentStack.matchAll(/^\s*at ([A-Za-z_$][\w$]*)(?: \(|$)/gm)].map(
    ([, component = '']) => component,
  );
  const fault = { name, components: components.slice(0, MAX_COMPONENTS) };
  return WindowFault.safeParse(fault).data ?? { name: 'Error', components: [] };
}
