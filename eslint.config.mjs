import { builtinModules } from 'node:module';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** A file with more lines than this has more than one subject. */
const MAX_LINES = 400;

/** What each part of the source must not import: dependencies point one way (docs/contributing.md). */
const FORBIDDEN_DIRECTIONS = [
  { target: './src/shared', from: ['./src/main', './src/preload', './src/renderer', './server'] },
  { target: './src/main', from: ['./src/preload', './src/renderer', './server'] },
  { target: './src/preload', from: ['./src/main', './src/renderer', './server'] },
  { target: './src/renderer', from: ['./src/main', './src/preload', './server'] },
  { target: './src/renderer/room', from: ['./src/renderer/app'] },
  { target: './server', from: ['./src/main', './src/preload', './src/renderer'] },
  { target: './server/room', from: ['./server/proxy'] },
  { target: './server/proxy', from: ['./server/room'] },
  { target: ['./src', './server'], from: ['./tests', './tools', './bench'] },
];

const NODE = [...builtinModules, 'node:*'];
const ELECTRON = ['electron', 'electron/*', 'electron-store'];
const REACT = ['react', 'react/*', 'react-dom', 'react-dom/*', 'radix-ui', 'lucide-react'];

/**
 * @param {string[]} files
 * @param {string[]} names packages, as patterns
 * @param {string} message what to do instead
 * @returns {import('eslint').Linter.Config}
 */
const withoutPackages = (files, names, message) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      // Anchored, or "path" would also forbid "./path.ts".
      { patterns: [{ regex: `^(?:${names.map(toRegex).join('|')})$`, message }] },
    ],
  },
});

/** @param {string} name */
const toRegex = (name) => name.replaceAll('/', '\\/').replaceAll('*', '.*');

export default defineConfig(
  { ignores: ['node_modules/', 'out/', 'out.unfinished/', 'dist/', '.causeway/', 'test-results/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createNodeResolver({ extensions: ['.ts', '.tsx', '.mjs', '.js'] }),
      ],
    },
    rules: {
      'max-lines': ['error', { max: MAX_LINES, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        { basePath: import.meta.dirname, zones: FORBIDDEN_DIRECTIONS },
      ],
      // Numbers and booleans read well in a message; objects do not.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // `catch { /* why */ }` and `() => {}` carry their reason in a comment or a name.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // `_name` marks what an interface hands over and this place does not need.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },

  { files: ['src/**', 'server/**'], rules: { 'no-console': 'error' } },
  {
    // These rules do not see a cast in a JSDoc comment; the type check, which does, covers the files.
    files: ['**/*.mjs'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },

  withoutPackages(
    ['src/shared/**'],
    [...NODE, ...ELECTRON, ...REACT],
    'src/shared runs everywhere: no Node, no Electron, no React.',
  ),
  withoutPackages(
    ['src/renderer/room/**'],
    [...NODE, ...ELECTRON, ...REACT],
    'The room engine runs in a page and knows no Node, no Electron and no React.',
  ),
  withoutPackages(
    ['src/renderer/app/**'],
    [...NODE, ...ELECTRON],
    'The app is a sandboxed page: it reaches Node and Electron by window.causeway only.',
  ),
  withoutPackages(['src/main/**', 'src/preload/**'], REACT, 'React belongs to the renderer.'),
  withoutPackages(['server/**'], [...ELECTRON, ...REACT], 'The servers run on plain Node.'),

  {
    files: ['src/renderer/**/*.tsx', 'src/renderer/app/**/*.ts'],
    extends: [reactHooks.configs.flat.recommended, jsxA11y.flatConfigs.strict],
  },
);
