/**
 * What the terminal tells, line by line: when, who, what. Plain text, so that it reads the same in
 * a terminal, in a file and in a report.
 */
export type Teller = 'setup' | 'server' | 'proxy' | 'demo' | 'app' | 'start';

const NAME_WIDTH = 7;

export interface Story {
  tell(who: Teller, what: string): void;
}

export function createStory(out: NodeJS.WritableStream, now: () => Date = () => new Date()): Story {
  return {
    tell(who, what) {
      const time = now().toLocaleTimeString('en-GB', { hour12: false });
      out.write(`${time}  ${who.padEnd(NAME_WIDTH)} ${what}\n`);
    },
  };
}
