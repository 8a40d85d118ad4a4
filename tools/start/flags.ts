import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { parseServerUrl } from '../../src/shared/endpoint.ts';
import { DisplayName, RoomId } from '../../src/shared/meeting-link.ts';
import { PreferredProtocol } from '../../src/shared/protocol.ts';

export interface StartFlags {
  room: string;
  mode: PreferredProtocol;
  name: string;
  demo: boolean;
  proxy: boolean;
  /** Origin of a room server elsewhere; undefined: one is started here. */
  server: string | undefined;
  port: number;
  mediaPort: number;
  turnPort: number;
  /** Save a picture of the call to this file, then end. */
  screenshot: string | undefined;
}

const Port = z.coerce
  .number('It is no number.')
  .int('It is no whole number.')
  .min(0, 'It is below 0.')
  .max(65_535, 'It is above 65535.');

const Mode = z.enum(PreferredProtocol.options, {
  error: `It must be one of: ${PreferredProtocol.options.join(', ')}.`,
});

/** A commander argument parser out of a schema; commander names the flag and the value. */
function checked<T>(schema: z.ZodType<T>): (text: string) => T {
  return (text) => {
    const result = schema.safeParse(text);
    if (result.success) return result.data;
    throw new InvalidArgumentError(result.error.issues[0]?.message ?? 'is not valid');
  };
}

function serverOrigin(text: string): string {
  const result = parseServerUrl(text);
  if (!result.ok) throw new InvalidArgumentError(result.problem);
  return result.endpoint.httpOrigin;
}

/** Reads the command line; prints help or a precise error and ends the process where needed. */
export function readFlags(argv: readonly string[]): StartFlags {
  const command = new Command('npm start --')
    .description(
      'Starts a local room server, opens Causeway, joins a demo room and puts a demo participant into it.',
    )
    .option('--room <name>', 'room to join', checked(RoomId), 'demo')
    .option(
      '--mode <mode>',
      `how media may travel: ${PreferredProtocol.options.join(', ')}`,
      checked(Mode),
      'UDP_OVER_TCP' as PreferredProtocol,
    )
    .option('--name <name>', 'your name in the call', checked(DisplayName), 'You')
    .option('--no-demo', 'do not put the demo participant into the room')
    .option('--proxy', 'start a local Cloud Proxy too, and make the call through it', false)
    .option(
      '--server <address>',
      'use the room server at this address instead of a local one',
      serverOrigin,
    )
    .option(
      '--port <port>',
      'signaling port of the local room server (0: any free one)',
      checked(Port),
      4443,
    )
    .option(
      '--media-port <port>',
      'first media port of the local room server, UDP and TCP (0: any free ones)',
      checked(Port),
      44_444,
    )
    .option(
      '--turn-port <port>',
      'relay (TURN) port of the local Cloud Proxy, UDP and TCP (0: any free one)',
      checked(Port),
      // Next to coturn's own default, which may be in use.
      3480,
    )
    .option('--screenshot <file>', 'save a picture of the call to this PNG file, then end')
    .showHelpAfterError('(npm start -- --help lists all flags)');
  command.parse(argv, { from: 'user' });
  const flags = command.opts<StartFlags>();
  if (flags.proxy && flags.server !== undefined) {
    command.error('error: --proxy goes with the local room server; leave out --server');
  }
  return { ...flags, server: flags.server, screenshot: flags.screenshot };
}
