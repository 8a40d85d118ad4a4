import type { Need } from '../needs.ts';

/** How to see, on any distribution, that a package's content is there. */
export type Evidence =
  /** any one of these programs */
  | { programs: readonly string[] }
  /** any one of these files, by absolute path */
  | { files: readonly string[] }
  /** a file with one of these endings anywhere below the folder */
  | { folder: string; endings: readonly string[] };

export interface SystemPackage {
  /** Debian's name. */
  name: string;
  /** Ubuntu's name, where it differs. */
  ubuntuName?: string;
  evidence: Evidence;
}

/** A need of set-up, or that the worker has to be built or a display is missing. */
export type PackageGroup = Need | 'worker-build' | 'display';

const header = (name: string, path: string): SystemPackage => ({
  name,
  evidence: { files: [`/usr/include/${path}`, `/usr/local/include/${path}`] },
});
const program = (name: string, ...programs: string[]): SystemPackage => ({
  name,
  evidence: { programs },
});

/** What each need takes on Linux. */
export const PACKAGES: Readonly<Record<PackageGroup, readonly SystemPackage[]>> = {
  worker: [],
  bundles: [],
  demo: [],
  app: [
    {
      name: 'chromium',
      ubuntuName: 'chromium-browser',
      evidence: {
        programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
      },
    },
    {
      // Chromium's package brings no font; without one every text is blank.
      name: 'fonts-liberation',
      evidence: { folder: '/usr/share/fonts', endings: ['.ttf', '.otf'] },
    },
  ],
  display: [program('xvfb', 'Xvfb')],
  proxy: [program('coturn', 'turnserver')],
  e2e: [
    program('xvfb', 'Xvfb'),
    program('ffmpeg', 'ffmpeg'),
    program('libnss3-tools', 'certutil'),
    program('openssl', 'openssl'),
  ],
  firewall: [
    program('nftables', 'nft'),
    program('iproute2', 'ip'),
    program('coturn', 'turnserver'),
    program('nginx', 'nginx'),
    {
      name: 'libnginx-mod-stream',
      evidence: {
        files: [
          '/usr/lib/nginx/modules/ngx_stream_module.so',
          '/usr/share/nginx/modules/ngx_stream_module.so',
        ],
      },
    },
    program('dnsmasq-base', 'dnsmasq'),
    // The build of squid that can look into TLS.
    { name: 'squid-openssl', evidence: { files: ['/usr/lib/squid/security_file_certgen'] } },
    program('libnss3-tools', 'certutil'),
    program('openssl', 'openssl'),
  ],
  'worker-build': [
    program('g++', 'c++', 'g++', 'clang++'),
    program('meson', 'meson'),
    program('ninja-build', 'ninja'),
    program('pkg-config', 'pkg-config'),
    program('flatbuffers-compiler', 'flatc'),
    header('libflatbuffers-dev', 'flatbuffers/flatbuffers.h'),
    header('libssl-dev', 'openssl/ssl.h'),
    header('libuv1-dev', 'uv.h'),
    header('libsrtp2-dev', 'srtp2/srtp.h'),
    header('libusrsctp-dev', 'usrsctp.h'),
    header('libabsl-dev', 'absl/base/config.h'),
  ],
};
