/**
 * Shows a track in an element, in the place of the one that is there. The element keeps its stream,
 * so that it goes on with its last picture until the new track has one.
 */
export function showTrack(element: HTMLMediaElement, track: MediaStreamTrack): void {
  const { srcObject } = element;
  if (!(srcObject instanceof MediaStream)) {
    element.srcObject = new MediaStream([track]);
    return;
  }
  if (!srcObject.getTracks().includes(track)) srcObject.addTrack(track);
  for (const other of srcObject.getTracks()) if (other !== track) srcObject.removeTrack(other);
}
