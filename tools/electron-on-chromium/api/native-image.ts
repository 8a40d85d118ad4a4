import type { NativeImage } from 'electron';
import { strict, unsupported } from '../unsupported.ts';

type Surface = Pick<NativeImage, 'toPNG' | 'toDataURL' | 'getSize' | 'isEmpty'>;

/** PNG: after the signature, the header chunk's width and height are at bytes 16 and 20. */
function pngSize(png: Buffer): { width: number; height: number } {
  if (png.length < 24) return { width: 0, height: 0 };
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

export function nativeImageFromPng(png: Buffer): NativeImage {
  const surface: Surface = {
    toPNG: () => png,
    toDataURL: () => `data:image/png;base64,${png.toString('base64')}`,
    getSize: () => pngSize(png),
    isEmpty: () => png.length === 0,
  };
  return strict(surface, 'NativeImage') as NativeImage;
}

export const nativeImage = strict(
  {
    createEmpty: () => nativeImageFromPng(Buffer.alloc(0)),
    createFromBuffer: (buffer: Buffer) => nativeImageFromPng(buffer),
    NativeImage: unsupported('NativeImage'),
  },
  'nativeImage',
);
