import { EventEmitter } from 'node:events';
import { strict } from '../unsupported.ts';

/** Base of Electron's event-emitting objects: a property that this runtime lacks throws, named. */
export class ApiObject extends EventEmitter {
  constructor(api: string) {
    super();
    this.setMaxListeners(0);
    // Every field and private name of the derived class lands on this proxy.
    return strict(this, api);
  }
}

/** Electron's event object: the first argument of every listener. */
export class ApiEvent {
  defaultPrevented = false;

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

/** An event with Electron's details on it. */
export function apiEvent<T extends object>(details: T): ApiEvent & T {
  return Object.assign(new ApiEvent(), details);
}
