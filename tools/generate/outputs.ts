import prettier from 'prettier';
import { inProject } from '../setup/project.ts';
import { exampleFile } from './example-file.ts';
import { adml, admx } from './group-policy.ts';
import { managedFileSchema } from './json-schema.ts';
import { macProfile } from './mac-profile.ts';
import { reference } from './reference.ts';

/** Everything that is made from the settings' schema: path in the project, and content. */
export async function outputs(): Promise<Map<string, string>> {
  const made: [string, string][] = [
    ['deploy/managed-settings/managed-settings.schema.json', json(managedFileSchema())],
    ['deploy/managed-settings/managed-settings.example.json', json(exampleFile())],
    ['deploy/windows/causeway.admx', admx()],
    ['deploy/windows/en-US/causeway.adml', adml()],
    ['deploy/macos/causeway.mobileconfig', macProfile()],
    ['docs/settings-reference.md', reference()],
  ];
  const config = await prettier.resolveConfig(inProject('package.json'));
  return new Map(
    await Promise.all(
      made.map(async ([path, text]): Promise<[string, string]> => {
        const { inferredParser } = await prettier.getFileInfo(inProject(path));
        // The same form that `npm run format` gives.
        return [
          path,
          inferredParser === null
            ? text
            : await prettier.format(text, { ...config, parser: inferredParser }),
        ];
      }),
    ),
  );
}

function json(value: object): string {
  return JSON.stringify(value, undefined, 2);
}
